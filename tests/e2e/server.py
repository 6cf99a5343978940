"""The real server for tests: `python -m craft.serve` in a process of its own, with a database of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import template
from tests.e2e.shell import Shell
from tests.template import postgres

ROOT = Path(__file__).parents[2]
DATABASE = f"craft_server_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
START_SECONDS = STOP_SECONDS = 60  # much more than it takes, for a busy machine
ANSWER_SECONDS = 30
on_postgresql = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite has no connections to cut"
)


class Server:
    """Craft on a free port of this machine; `root` is where its code lies."""

    root = ROOT

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.log = folder / "server.log"
        self.environ = {
            "PATH": os.environ["PATH"],
            "CRAFT_ENV_FILE": "",
            "DJANGO_SETTINGS_MODULE": "craft.settings",
            "SECRET_KEY": "for-tests-only-" + "0123456789abcdef" * 4,
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "WORKERS": "1",
            "THREADS": "4",
            # The calls of a whole module come from one address and a few accounts.
            "RATE_LIMITS": "free=-/-/-,address=-,oauth=-,post_projects=-,post_files=-",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._shell: Shell | None = None

    @property
    def shell(self) -> Shell:
        """A process that runs code and commands for this server; started when it is first needed."""
        if self._shell is None:
            self._shell = Shell(self.environ, self.log.with_name("shell.log"))
        return self._shell

    def migrate(self) -> None:
        """Make the tables; a copy of the run's template has them, and the start would say what is missing."""
        if not os.environ.get(template.VARIABLE):
            self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a management command prints."""
        return self.shell.manage(*arguments, stdin=stdin)

    def ask(self, code: str) -> Any:
        """The value of `answer` after running code against the server's database."""
        return self.shell.ask(code)

    def start(self) -> None:
        """Serve; return once it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "craft.serve"], cwd=self.root, env=self.environ, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert self.call("GET", "/v1/me")[0] == 401
                return
            except OSError:
                assert self._process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.1)

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        assert self._process is not None
        main = self._process.pid
        return [int(worker) for worker in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def stop(self) -> int | None:
        """End the shell, send SIGTERM and return the exit code; None when the server was not running."""
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        finally:
            process.kill()

    def call(
        self, method: str, path: str, key: str | None = None, *, json_body: Any = None, **headers: str
    ) -> tuple[int, str]:
        """One request over a connection of its own: (status, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            if key is not None:
                headers["Authorization"] = f"Bearer {key}"
            body = None
            if json_body is not None:
                body, headers["Content-Type"] = json.dumps(json_body), "application/json"
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def send(self, *parts: bytes, half_close: bool = False) -> bytes:
        """Send bytes as they are, with a pause between the parts; all that comes back until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS) as connection:
            for number, part in enumerate(parts):
                time.sleep(0.2 if number else 0)
                connection.sendall(part)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except ConnectionResetError:
                pass
            return received


@contextmanager
def new_database(folder: Path, name: str = DATABASE, *, is_empty: bool = False) -> Iterator[str]:
    """The URL of a new database, to be migrated: in the PostgreSQL of the test run, if any, or SQLite.

    Unless it must be empty, it is a copy of the run's template, in which there is nothing left to migrate.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'server.sqlite3'}"
        return
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    empty = "template1"  # PostgreSQL's own
    copied = empty if is_empty else template.name() or empty
    with postgres() as connection:
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copied}")
    try:
        yield f"{url.rpartition('/')[0]}/{name}"
    finally:
        with postgres() as connection:
            connection.execute(drop)


def cut_connections() -> int:
    """End every connection to the server's database, as a restart of PostgreSQL does; return how many."""
    with postgres() as connection:
        return len(
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [DATABASE]
            ).fetchall()
        )


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Server]:
    """A running server with Alice's account in its database; environ goes before its usual settings."""
    with new_database(folder) as url:
        server = Server(folder, url)
        server.environ |= environ
        server.migrate()
        server.manage("create_user", "alice@example.com", "--name", "Alice Owner")
        server.start()
        try:
            yield server
        finally:
            server.stop()
