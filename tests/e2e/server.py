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

import psycopg
from django.conf import settings

ROOT = Path(__file__).parents[2]
DATABASE = f"craft_server_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
START_SECONDS = STOP_SECONDS = 60  # much more than it takes, for a busy machine
ANSWER_SECONDS = 30


class Server:
    """Craft on a free port of this machine."""

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
            "WORKERS": "2",
            "THREADS": "4",
            # The calls of a whole module come from one address and a few accounts.
            "RATE_LIMITS": "free=-/-/-,address=-,oauth=-,post_projects=-,post_files=-",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a management command prints."""
        return self._python("manage.py", *arguments, stdin=stdin).strip()

    def ask(self, code: str) -> Any:
        """The value of `answer` after running code against the server's database."""
        lines = ["import django, json", "django.setup()", code, "print(json.dumps(answer))"]
        return json.loads(self._python("-c", "\n".join(lines)))

    def _python(self, *arguments: str, stdin: str = "") -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Serve; return once it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "craft.serve"], cwd=ROOT, env=self.environ, stdout=log, stderr=log
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

    def stop(self) -> int | None:
        """Send SIGTERM and return the exit code; None when it was not running."""
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
def postgres() -> Iterator[psycopg.Connection]:
    """A connection to the PostgreSQL of the test run, to no database of Craft."""
    config: dict[str, Any] = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: config[key] for name, key in names.items() if config[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
        yield connection


@contextmanager
def new_database(folder: Path, name: str = DATABASE) -> Iterator[str]:
    """The URL of an empty database: in the PostgreSQL of the test run if there is one, else SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'server.sqlite3'}"
        return
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    with postgres() as connection:
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {name}")
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
        server.manage("migrate", "--verbosity", "0")
        server.manage("create_user", "alice@example.com", "--name", "Alice Owner")
        server.start()
        try:
            yield server
        finally:
            server.stop()
