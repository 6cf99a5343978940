"""The real server for the tests of both SDKs: `python -m craft.serve`, its people and their apps.

    with serving(folder, RATE_LIMITS="free=20/-/-") as craft:
        key = craft.new_key(craft.new_user())

Each one has a database of its own and counts calls by itself.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from django.conf import settings

from tests.e2e.server import DATABASE, Server, new_database
from tests.interop.person import Person

PASSWORD = "correct-horse-battery"
REDIRECT_URI = "http://127.0.0.1/callback"  # with any port: nothing listens there
SECONDS_LEFT = 5  # of a minute that is to end: enough to be refused once more on a busy machine
FIRST_DATABASE = 32  # of Redis; the workers of the test run count up from 0


@dataclass(frozen=True)
class App:
    """A registered app; a public one has no secret."""

    client_id: str
    client_secret: str | None


class Craft(Server):
    """Craft on a free port of this machine, web and API at `url`."""

    def __init__(self, folder: Path, database_url: str, **environ: str) -> None:
        super().__init__(folder, database_url)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.sdk.settings",
            "WEB_URL": self.url,
            "WORKERS": "1",  # so that limits are exact without Redis
            "THREADS": "8",
            "EMAIL_URL": f"filemail:///{folder / 'mail'}",
            "STORAGE_URL": f"file://{folder / 'files'}",
            "REDIS_URL": _own_redis(),
            **environ,
        }
        self._numbers = itertools.count(1)

    def new_user(self, *, name: str = "Alice Owner", plan: str = "internal") -> str:
        """An account that nobody else uses, with PASSWORD; its e-mail. `internal` has no limits."""
        email = f"user{next(self._numbers)}@example.com"
        given = {"email": email, "name": name, "plan": plan, "password": PASSWORD}
        self.run(f"from accounts.services import create_user\ncreate_user(**{given!r})")
        return email

    def new_key(self, email: str, *, permission: str = "read-write", name: str = "For a test") -> str:
        """An API key, in clear."""
        return self.manage("create_api_key", email, "--name", name, "--permission", permission)

    def new_app(
        self,
        *,
        is_public: bool = False,
        scopes: str = "read write delete",
        redirect_uri: str = REDIRECT_URI,
    ) -> App:
        """An app that may ask for these scopes, admin included, with a developer of its own."""
        developer = f"developer{next(self._numbers)}@example.com"
        basic = [scope for scope in scopes.split() if scope != "admin"] or ["read"]
        made = self.ask(
            f"""
from accounts.services import create_user
from api.oauth.services.applications import create_app
app, secret = create_app(
    create_user(email={developer!r}),
    name="An app", redirect_uris={redirect_uri!r}, is_public={is_public}, scopes={basic!r},
)
app.allowed_scope, app.admin_enabled = {scopes!r}, {"admin" in scopes}
app.save()
answer = [app.client_id, secret]
"""
        )
        return App(*made)

    def person(self, email: str) -> Person:
        """This account at a browser: `person.answer(authorize_url, "allow")` gives the callback's URL."""
        return Person(self.url, email, PASSWORD)

    def expire_tokens(self, email: str) -> None:
        """Let every access token of an account expire now; what refreshes them stays."""
        self.run(
            f"""
from django.utils import timezone
from api.oauth.models import AccessToken
AccessToken.objects.filter(user__email={email!r}).update(expires=timezone.now())
"""
        )

    def count_refresh_tokens(self, email: str) -> int:
        """How many refresh tokens an account's apps ever got: one by the code, one more by each refresh."""
        count: int = self.ask(
            f"""
from api.oauth.models import RefreshToken
answer = RefreshToken.objects.filter(user__email={email!r}).count()
"""
        )
        return count

    def end_minute(self, email: str) -> None:
        """Let the minute of an account's limit have only seconds left; without Redis it passes as it is."""
        self.run(
            f"""
import redis
from django.conf import settings
from accounts.models import User
windows = f"quota:user:{{User.objects.get(email={email!r}).pk}}"
if settings.REDIS_URL:
    client = redis.Redis.from_url(settings.REDIS_URL)
    assert client.hexists(windows, "minute:end")
    client.hset(windows, "minute:end", (client.time()[0] + {SECONDS_LEFT}) * 1000)
"""
        )

    def run(self, code: str) -> None:
        """Run code against the server's database."""
        self.ask(f"{code}\nanswer = None")


def _own_redis() -> str:
    """The URL of a database of Redis that nobody else uses; "" when this run has none."""
    if not settings.REDIS_URL:
        return ""
    address, _, query = settings.REDIS_URL.partition("?")
    worker = int(dict(parse_qsl(query))["db"])
    return f"{address}?{urlencode({'db': FIRST_DATABASE + worker})}"


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Craft]:
    """A migrated, running server; gone on leaving, with a log that holds no crash it was not made for."""
    with new_database(folder, f"{DATABASE}_sdk") as url:
        craft = Craft(folder, url, **environ)
        craft.migrate()
        craft.start()
        try:
            yield craft
        finally:
            craft.stop()
