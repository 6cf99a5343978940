"""The real server on a free port with a database of its own, an account, and apps that await their test."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import requests
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 20
EMAIL, NAME, PASSWORD = "alice@example.com", "Alice Owner", "correct-horse-battery"
CALLBACK = "http://127.0.0.1:49152/callback"  # any port: nothing listens there
APPS = {"confidential": 14, "public": 9}  # the tests' need and some to spare
REDIRECT_URIS = [
    "http://127.0.0.1/callback",
    "http://127.0.0.1/auth/callback/craft",  # where Auth.js has it
    "https://yourapp.com/callback",  # the page's own
]
# The command for each app, but one process for all of them.
MAKE_APPS = f"""
from django.core.management import call_command
for kind, count in {APPS!r}.items():
    for number in range(count):
        options = ["--name", f"App {{number}}", "--redirect-uri", *{REDIRECT_URIS!r}]
        call_command("create_oauth_app", {EMAIL!r}, *options, public=kind == "public")
"""

direct = requests.Session()  # what the tests ask without any client library
direct.trust_env = False  # no proxy


@dataclass(frozen=True)
class App:
    """A registered app; a public one has no secret."""

    client_id: str
    client_secret: str | None


@dataclass
class Craft:
    """The running server and who is on it."""

    url: str
    environment: dict[str, str]
    log: Path
    user_id: str = ""
    apps: dict[str, list[App]] = field(default_factory=dict)

    @property
    def me(self) -> dict[str, str]:
        """What /v1/me says of the account."""
        return {"id": self.user_id, "email": EMAIL, "name": NAME}

    def new_app(self, mode: str) -> App:
        """An app that nobody has used yet: each is taken once, so that the person is always asked."""
        return self.apps["public" if mode == "public" else "confidential"].pop()

    def status(self, access_token: str) -> int:
        """What a call with this token answers, asked without any client library."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return direct.get(f"{self.url}/v1/me", headers=headers, timeout=10).status_code

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of manage.py on this server's database; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextlib.contextmanager
def running_craft(folder: Path) -> Iterator[Craft]:
    """A migrated, populated, answering server; gone on leaving, with a log that holds no crash."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with _database(folder) as database_url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "craft.settings",
            "DATABASE_URL": database_url,
            "EMAIL_URL": f"filemail:///{folder / 'mail'}",
            "PORT": str(port),
            "WEB_URL": url,
        }
        if os.environ.get("REDIS_URL"):
            environment["REDIS_URL"] = _other_redis_database(os.environ["REDIS_URL"])
        craft = Craft(url, environment, folder / "server.log")
        craft.manage("migrate", "--verbosity=0")
        with _serving(craft) as wait:
            _populate(craft)
            wait()
            yield craft
    assert "Traceback" not in craft.log.read_text()


def _populate(craft: Craft) -> None:
    """The account, as an operator makes it, and the apps."""
    options = ("--name", NAME, "--plan", "internal", "--password-stdin")
    craft.user_id = craft.manage("create_user", EMAIL, *options, stdin=PASSWORD)
    for line in craft.manage("shell", "--no-imports", "--command", MAKE_APPS).splitlines():
        app = App(**json.loads(line))
        craft.apps.setdefault("confidential" if app.client_secret else "public", []).append(app)


@contextlib.contextmanager
def _serving(craft: Craft) -> Iterator[Callable[[], None]]:
    """`python -m craft.serve` in the background; gives what waits until it answers."""
    with craft.log.open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "craft.serve"], cwd=ROOT, env=craft.environment, stdout=log, stderr=log
        )

    def wait() -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(craft.url):
            assert server.poll() is None, craft.log.read_text()
            assert time.monotonic() < deadline, craft.log.read_text()
            time.sleep(0.1)

    try:
        yield wait
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


def _answers(url: str) -> bool:
    try:
        return direct.get(f"{url}/.well-known/oauth-authorization-server", timeout=5).ok
    except requests.ConnectionError:
        return False


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[str]:
    """An empty database beside the one of the test run, on the same PostgreSQL; else SQLite in a file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'craft.sqlite3'}"
        return
    server, _, _ = url.rpartition("/")
    name = f"interop_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(_libpq(server), dbname="postgres", autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _libpq(server: str) -> str:
    """`postgres://user@//folder` as libpq wants it: a socket's folder is a parameter there."""
    parts = urlsplit(server)
    if parts.hostname:
        return server
    return f"postgresql://{parts.netloc}/?host={parts.path.replace('//', '/')}"


def _other_redis_database(url: str) -> str:
    """Another number than the test worker's own, which every test empties."""
    return re.sub(r"\bdb=(\d+)", lambda found: f"db={int(found[1]) + 32}", url)
