"""Each dangerous setting has a check of its own, with an id that stays."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from pytest_django.fixtures import Settings

from craft import system_checks

ROOT = Path(__file__).parents[2]
POSTGRESQL = {"ENGINE": "accounts.utils.postgresql", "HOST": "db.craft.example", "PORT": 5432}
PREPARED = {"OPTIONS": {"prepare_threshold": 5}}


@pytest.fixture(autouse=True)
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing is to be said of."""
    settings.IS_LOCAL, settings.IS_HTTPS, settings.DEBUG = False, True, False
    settings.PREVIEW_URL, settings.PREVIEW_HOST = "https://craft-preview.example", "craft-preview.example"
    settings.REDIS_URL, settings.WORKERS = "redis://localhost/0", 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setitem(settings.DATABASES, "default", {**POSTGRESQL, **PREPARED})


def found() -> list[str]:
    """The ids of what `check --deploy` finds, Craft's own alone."""
    return [
        str(message.id)
        for message in checks.run_checks(tags=[system_checks.TAG], include_deployment_checks=True)
    ]


def test_of_a_production_that_is_well_nothing_is_said() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "found_id"),
    [
        ({"DEBUG": True}, "craft.E001"),
        ({"SECRET_KEY": "0123456789abcdef" * 2}, "craft.E002"),
        ({"SECRET_KEY": "secret" * 20}, "craft.E002"),
        ({"SECRET_KEY_FALLBACKS": ["0123456789abcdef" * 2]}, "craft.E002"),
        ({"IS_HTTPS": False}, "craft.W001"),
        ({"REDIS_URL": ""}, "craft.W002"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "craft.W003"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "craft.W003"),
        ({"PREVIEW_URL": "http://craft-preview.example"}, "craft.W005"),
        ({"PREVIEW_HOST": "preview.localhost"}, "craft.W005"),
    ],
)
def test_each_dangerous_setting_is_found_by_its_id(
    settings: Settings, changed: dict[str, Any], found_id: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    assert found() == [found_id]


def test_a_file_of_secrets_that_others_may_read_is_found(settings: Settings, tmp_path: Path) -> None:
    settings.ENV_FILE = tmp_path / "env"
    settings.ENV_FILE.touch()
    for mode, ids in ((0o600, []), (0o640, []), (0o644, ["craft.E003"]), (0o602, ["craft.E003"])):
        settings.ENV_FILE.chmod(mode)
        assert found() == ids


@pytest.mark.parametrize("address", [{"PORT": 6432}, {"HOST": "pgbouncer"}, {"HOST": "db-pooler.example"}])
def test_a_pooler_is_found_until_nothing_is_prepared(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: dict[str, Any]
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {**POSTGRESQL, **PREPARED, **address})
    assert found() == ["craft.W004"]
    unprepared = {"OPTIONS": {"prepare_threshold": None}}
    monkeypatch.setitem(settings.DATABASES, "default", {**POSTGRESQL, **unprepared, **address})
    assert found() == []


def test_a_developers_machine_may_be_what_a_public_site_may_not(settings: Settings) -> None:
    settings.IS_LOCAL, settings.IS_HTTPS, settings.DEBUG = True, False, True
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.PREVIEW_URL = "http://preview.localhost:8000"
    assert found() == []


def test_one_process_counts_limits_exactly_by_itself(settings: Settings) -> None:
    settings.REDIS_URL, settings.WORKERS = "", 1
    assert found() == []


def test_a_command_that_runs_each_minute_does_not_repeat_them(settings: Settings) -> None:
    settings.DEBUG = True
    assert not [each for each in checks.run_checks() if str(each.id).startswith("craft.")]


def _ids() -> Iterator[str]:
    yield from re.findall(r'id="(craft\.[EW]\d{3})"', Path(system_checks.__file__).read_text())


def test_each_id_stands_once_in_the_code_and_in_the_operators_page() -> None:
    ids = list(_ids())
    assert len(ids) == len(set(ids)) > 0
    page = (ROOT / "docs" / "operating.md").read_text()
    assert set(re.findall(r"^\| `(craft\.[EW]\d{3})`", page, re.MULTILINE)) == set(ids)
