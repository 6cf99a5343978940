"""The server as a process: what stops its start, and that it comes back when its workers are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from craft import serve
from tests.e2e.server import ROOT, Server, new_database, on_postgresql, serving
from tests.e2e.test_server import request

pytestmark = pytest.mark.server
UNTIL_SECONDS = 60  # much more than it takes, for a busy machine
LATER = """
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
answer = MigrationRecorder(connection).record_applied("accounts", "9999_later")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve"), WORKERS="1") as running:
        yield running


def start(folder: Path, database_url: str, **environ: str) -> tuple[int, str]:
    """Exit code and error output of a server that does not start."""
    server = Server(folder, database_url)
    done = subprocess.run(
        [sys.executable, "-m", "craft.serve"],
        cwd=ROOT,
        env=server.environ | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=UNTIL_SECONDS,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr.strip()


def test_a_database_that_is_not_migrated_stops_the_start(tmp_path: Path) -> None:
    with new_database(tmp_path, "craft_unmigrated", is_empty=True) as url:
        code, error = start(tmp_path, url)
    assert code == 1
    assert error.startswith("The database lacks ")
    assert error.endswith(" migrations of this code. Run: python manage.py migrate")


def test_a_database_that_newer_code_has_migrated_stops_the_start(tmp_path: Path) -> None:
    with new_database(tmp_path, "craft_newer") as url:
        newer = Server(tmp_path, url)
        newer.ask(LATER)
        newer.stop()
        code, error = start(tmp_path, url)
    assert code == 1
    assert error.startswith("The database is newer than this code: accounts.9999_later was applied to it.")


def test_a_database_that_does_not_answer_stops_the_start(tmp_path: Path) -> None:
    code, error = start(tmp_path, "postgres://craft:hunter2@127.0.0.1:1/craft")
    assert code == 1
    assert error.startswith("The database that DATABASE_URL names cannot be used: connection failed")
    assert error.endswith("Is it running, and are host, port, name, user and password right?")
    assert "\n" not in error
    assert "hunter2" not in error


def test_static_files_that_are_not_collected_stop_the_start(tmp_path: Path) -> None:
    settings = tmp_path / "bare_settings.py"
    settings.write_text(f"from craft.settings import *\n\nSTATIC_ROOT = {str(tmp_path / 'static')!r}\n")
    code, error = start(
        tmp_path,
        "sqlite://:memory:",
        PYTHONPATH=str(tmp_path),
        DJANGO_SETTINGS_MODULE="bare_settings",
        HOST="127.0.0.1",
        WEB_URL="https://craft.example",
        PREVIEW_URL="https://craft-preview.example",
        ENCRYPTION_KEYS="for-the-tests-only-0123456789abcdefghijklmn=",
        TRUSTED_PROXY_COUNT="1",
    )
    assert code == 1
    assert error == "The static files are not collected. Run: python manage.py collectstatic --no-input"


@on_postgresql
def test_the_start_says_which_time_outs_the_database_lacks(server: Server) -> None:
    log = server.log.read_text()
    assert "ALTER ROLE craft SET statement_timeout = '4s';" in log
    assert "SET lock_timeout" in log
    assert "SET idle_in_transaction_session_timeout" in log


def test_two_host_headers_are_400(server: Server) -> None:
    for path in ("/v1/me", "/login/"):
        for second in ("Host: localhost", "Host: other.example"):
            answer = server.send(request("GET", path, "Host: localhost", second, "Connection: close"))
            assert answer.split()[1] == b"400", answer


def worker_of(server: Server) -> int:
    """The process id of the one worker."""
    assert server._process is not None
    main = server._process.pid
    deadline = time.monotonic() + UNTIL_SECONDS
    while True:
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        if children:
            return int(children[0])
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_thread_of_a_worker_takes_the_processor_from_another(server: Server) -> None:
    server.call("GET", "/v1/me")  # then there are all of them
    threads = Path(f"/proc/{worker_of(server)}/task").iterdir()
    assert {os.sched_getscheduler(int(thread.name)) for thread in threads} == {os.SCHED_BATCH}


@pytest.mark.parametrize("error", [AttributeError, PermissionError])
def test_where_threads_cannot_be_told_to_give_way_the_server_starts_all_the_same(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "sched_setscheduler", refuse)  # no kernel that the tests run on does
    serve.give_way()


def test_the_server_comes_back_when_a_worker_is_killed_again_and_again(server: Server) -> None:
    assert server._process is not None
    for _ in range(3):
        killed = worker_of(server)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + UNTIL_SECONDS
        while worker_of(server) == killed:
            assert server._process.poll() is None, server.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
    deadline = time.monotonic() + UNTIL_SECONDS
    while True:
        try:
            assert server.call("GET", "/v1/me")[0] == 401
            break
        except OSError:
            assert server._process.poll() is None, server.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert "workers crashed in a row" in server.log.read_text()
    assert server.stop() == 0
