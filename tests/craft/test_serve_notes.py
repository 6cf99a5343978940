"""What the start says and does before the server serves."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from craft import configuration, serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104
def test_where_others_reach_it_without_a_trusted_proxy_the_start_says_it_needs_one(
    settings: Settings, host: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    assert "put a proxy in front that buffers requests (deploy/nginx.conf)" in serve.needs_proxy(host)
    settings.TRUSTED_PROXY_COUNT = 1
    assert serve.needs_proxy(host) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_this_machine_alone_it_says_nothing(settings: Settings, host: str) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    assert serve.needs_proxy(host) == ""


def test_the_start_makes_the_folder_for_files(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STORAGE_URL", raising=False)
    folder = tmp_path / "data" / "files"
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(folder)}
    serve.make_storage_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    folder.write_bytes(b"")
    with pytest.raises(SystemExit, match=r"STORAGE_URL names .* which is not there and cannot be made"):
        serve.make_storage_folder()


def test_without_redis_it_says_what_that_means_for_limits(settings: Settings) -> None:
    settings.REDIS_URL, settings.WORKERS = "", 1
    assert "counted by each process for itself; a restart forgets them" in serve.without_redis()
    settings.WORKERS = 3
    assert "for itself, so up to 3 times a limit can pass; a restart" in serve.without_redis()
    settings.REDIS_URL = "redis://localhost"
    assert serve.without_redis() == ""
