"""The real server on a free port with a database of its own, an account, and apps that await their test."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.server import DATABASE, Server, new_database

EMAIL, NAME, PASSWORD = "alice@example.com", "Alice Owner", "correct-horse-battery"
CALLBACK = "http://127.0.0.1:49152/callback"  # any port: nothing listens there
APPS = {"confidential": 16, "public": 9}  # the tests' need; an account has 25 at most
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


@dataclass(frozen=True)
class App:
    """A registered app; a public one has no secret."""

    client_id: str
    client_secret: str | None


class Craft(Server):
    """The running server, whose account it is, and the apps."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ |= {"WEB_URL": self.url, "EMAIL_URL": f"filemail:///{folder / 'mail'}"}
        self.user_id = ""
        self.apps: dict[str, list[App]] = {"confidential": [], "public": []}

    @property
    def me(self) -> dict[str, str]:
        """What /v1/me says of the account."""
        return {"id": self.user_id, "email": EMAIL, "name": NAME}

    def new_app(self, mode: str) -> App:
        """An app that nobody has used yet: each is taken once, so that the person is always asked."""
        return self.apps["public" if mode == "public" else "confidential"].pop()

    def status(self, access_token: str) -> int:
        """What a call with this token answers, asked without any client library."""
        return self.call("GET", "/v1/me", access_token)[0]

    def populate(self) -> None:
        """The account and the apps, as an operator makes them."""
        options = ("--name", NAME, "--plan", "internal", "--password-stdin")
        self.user_id = self.manage("create_user", EMAIL, *options, stdin=PASSWORD)
        for line in self.manage("shell", "--no-imports", "--command", MAKE_APPS).splitlines():
            app = App(**json.loads(line))
            self.apps["confidential" if app.client_secret else "public"].append(app)


@contextmanager
def running_craft(folder: Path) -> Iterator[Craft]:
    """A migrated, populated, answering server; gone on leaving, with a log that holds no crash."""
    with new_database(folder, f"{DATABASE}_interop") as database_url:
        craft = Craft(folder, database_url)
        craft.migrate()
        craft.populate()
        craft.start()
        try:
            yield craft
        finally:
            craft.stop()
    assert "Traceback" not in craft.log.read_text()
