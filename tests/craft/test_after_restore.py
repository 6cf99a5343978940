"""`after_restore`: each thing that can end says so in the log, and ends again by that line."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.closing import close_account
from accounts.models import User
from accounts.web.client import NOBODY
from api.oauth.models import Application, Grant
from api.oauth.services import applications, client_secrets, grants
from apikeys import services
from apikeys.models import APIKey
from craft.logs import JSONFormatter
from tests.api.oauth.flow import App, call, connect, make_app
from tests.cases import cases
from tests.commands import refusal, run
from tests.fixtures import signed_in

Captured = Callable[..., Any]
pytestmark = pytest.mark.django_db


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JSONFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def app(dora: User) -> App:
    return make_app(dora)


@pytest.fixture
def undone(tmp_path: Path, django_capture_on_commit_callbacks: Captured) -> Any:
    """A context after which the database is as it was before; gives the file of the log."""

    @contextmanager
    def until_restored() -> Iterator[Path]:
        log, handler = tmp_path / "log", _Lines()
        logging.getLogger("craft.ended").addHandler(handler)
        before = transaction.savepoint()
        try:
            with django_capture_on_commit_callbacks(execute=True):
                yield log
        finally:
            logging.getLogger("craft.ended").removeHandler(handler)
        transaction.savepoint_rollback(before)
        log.write_text("a line of text\n" + "\n".join(handler.lines) + '\n{"cut off')

    return until_restored


def switch_off(user: User) -> None:
    user.is_active = False
    user.save()


def me(raw_key: str) -> int:
    return call(raw_key).status_code  # type: ignore[no-any-return]  # of Django's client


@cases(
    "end",
    [
        services.delete_key,
        lambda key: services.revoke_key(key, reason="leaked", by="staff"),
        services.disable_key,
        lambda key: services.rotate_key(key, grace=0),
        lambda key: services.change_key(key, permission="read-only"),
    ],
)
def test_a_key_that_could_do_more_before_is_disabled(
    undone: Any, read_write: tuple[APIKey, str], read_only: tuple[APIKey, str], end: Captured
) -> None:
    key, raw_key = read_write
    with undone() as log:
        end(key)
    assert me(raw_key) == 200
    assert run("after_restore", str(log)).endswith("\nEnded again: 1 of 1 that the log names\n")
    assert (me(raw_key), me(read_only[1])) == (401, 200)


@pytest.mark.parametrize(
    "end",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        switch_off,
        lambda user: close_account(user, NOBODY),
    ],
    ids=["updated", "saved", "closed"],
)
def test_an_account_that_was_switched_off_or_closed_is_off(
    undone: Any, alice: User, bob: User, read_only: tuple[APIKey, str], end: Captured
) -> None:
    with undone() as log:
        end(User.objects.get(pk=alice.pk))
    assert me(read_only[1]) == 200
    run("after_restore", str(log))
    assert me(read_only[1]) == 401
    assert list(User.objects.filter(is_active=False)) == [alice]


def test_consents_secrets_and_apps_that_ended_end_again(
    undone: Any, alice: User, bob: User, app: App
) -> None:
    connect(signed_in(alice), app)
    connect(signed_in(bob), app)
    secret = app.row.secrets.get()
    with undone() as log:
        grants.revoke_grant(Grant.objects.get(user=alice))
        client_secrets.drop_secret(secret)
        applications.delete_app(Application.objects.get(pk=app.row.pk))
    assert Grant.objects.count() == 2
    assert "Ended again: 3 of 3" in run("after_restore", str(log))
    assert list(Grant.objects.values_list("user__email", flat=True)) == ["bob@example.com"]
    assert not app.row.secrets.exists()
    app.row.refresh_from_db()
    assert app.row.disabled_at


def test_all_sessions_and_tokens_end_and_without_a_log_every_key(
    alice: User, app: App, read_only: tuple[APIKey, str]
) -> None:
    browser: Client = signed_in(alice)
    token = connect(browser, app)["access_token"]
    assert [me(token), me(read_only[1]), browser.get("/v1/me").status_code] == [200, 200, 200]
    assert run("after_restore") == "Ended: 1 sessions, all OAuth tokens\nDisabled: 1 keys, all there are\n"
    assert [me(token), me(read_only[1]), browser.get("/v1/me").status_code] == [401, 401, 401]
    again = signed_in(alice)
    services.enable_key(APIKey.objects.get(pk=read_only[0].pk))
    assert [me(read_only[1]), again.get("/v1/me").status_code] == [200, 200]


def test_keys_may_be_named_by_their_public_ids_alone(
    tmp_path: Path, alice: User, read_only: tuple[APIKey, str], read_write: tuple[APIKey, str]
) -> None:
    shown = read_only[1].rpartition("_")[0]
    said = run(
        "after_restore", "-", stdin=f"{shown}\n{read_write[0].public_id} is a word\nkey_unknown\n".encode()
    )
    assert said.endswith("\nEnded again: 1 of 2 that the log names; the others are not here\n")
    assert (me(read_only[1]), me(read_write[1])) == (401, 200)


def test_what_is_no_log_ends_nothing(tmp_path: Path, read_only: tuple[APIKey, str]) -> None:
    log = tmp_path / "log"
    log.write_text('Nov 26 10:00:00 craft craft[7]: {"event": "ended", "what": "key_deleted"}\n')
    said = refusal("after_restore", str(log))
    assert said.startswith('No line has "event": "ended", nor is one a public id.')
    assert "journalctl --identifier=craft --output=cat" in said
    assert refusal("after_restore", str(tmp_path / "none")).endswith(
        "cannot be read: No such file or directory"
    )
    assert me(read_only[1]) == 200
