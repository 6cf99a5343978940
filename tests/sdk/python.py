"""The Python SDK in tests: what its clients are made of, and fixtures that give both of them."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from craft_sdk import AsyncCraftClient, AsyncCraftOAuth, CraftClient, CraftOAuth, MemoryStore, OAuthTokens
from tests.sdk.blocking import Blocking, background_loop
from tests.sdk.server import REDIRECT_URI, App, Craft

Make = Callable[..., Any]
MakeOAuth = Callable[..., CraftOAuth]


@dataclass(frozen=True)
class Account:
    """Somebody without limits, and their read-write key."""

    email: str
    key: str


@pytest.fixture(scope="session")
def account(craft: Craft) -> Account:
    """Shared by the tests that leave it as it is but for what they make themselves."""
    email = craft.new_user()
    return Account(email, craft.new_key(email))


@pytest.fixture(scope="session")
def app(craft: Craft) -> App:
    """An app with a secret that may ask for everything."""
    return craft.new_app(scopes="read write delete admin")


# The code for threads is made of that for asyncio (test_generated.py), whose own tests are those of tasks.
KINDS = ["threads", pytest.param("asyncio", marks=pytest.mark.variant)]


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest, craft: Craft) -> Iterator[Make]:
    """Makes clients of one kind, which behave alike: `make(api_key, **options)`."""
    made: list[Any] = []

    with background_loop() as loop:

        def build(api_key: str | None = None, **options: Any) -> Any:
            options = {"base_url": craft.url, **options}
            if request.param == "threads":
                client: Any = CraftClient(api_key, **options)
            else:
                client = Blocking(AsyncCraftClient(api_key, **options), loop)
            made.append(client)
            return client

        yield build
        for client in made:
            client.close()


@pytest.fixture
def client(make: Make, account: Account) -> Any:
    """A client of either kind with the account's key."""
    return make(account.key)


def connect(craft: Craft, email: str, app: App, *, scope: str = "read write") -> OAuthTokens:
    """The tokens of somebody who allows an app what it asks for."""
    with CraftOAuth(
        app.client_id,
        app.client_secret,
        redirect_uri=REDIRECT_URI,
        web_url=craft.url,
        base_url=craft.url,
        transport=httpx.HTTPTransport(),  # no proxy, whatever the environment says
    ) as oauth:
        url, kept = oauth.authorize_url(scope=scope)
        return oauth.callback(craft.person(email).answer(url, "allow"), kept)


@pytest.fixture(scope="session")
def admin_token(craft: Craft, account: Account, app: App) -> str:
    """The account's access token with every scope. For all tests: a second time, nobody would be asked."""
    return connect(craft, account.email, app, scope="read write delete admin").access_token


@pytest.fixture
def admin(make: Make, admin_token: str) -> Any:
    """A client of either kind of the app with every scope."""
    return make(access_token=admin_token)


def options_of(craft: Craft, app: App) -> dict[str, Any]:
    """What CraftOAuth is given for an app."""
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": REDIRECT_URI,
        "web_url": craft.url,
        "base_url": craft.url,
    }


@pytest.fixture
def email(craft: Craft) -> str:
    """Somebody whose tokens no other test has."""
    return craft.new_user()


@pytest.fixture
def tokens(craft: Craft, email: str, app: App) -> OAuthTokens:
    """What the app got when that person said yes."""
    return connect(craft, email, app)


def ending(tokens: OAuthTokens, seconds: float) -> OAuthTokens:
    """The same tokens, as if the access token ended so soon."""
    return dataclasses.replace(tokens, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


class RecordingStore(MemoryStore):
    """Remembers all that it was handed."""

    def __init__(self, tokens: OAuthTokens | None = None) -> None:
        super().__init__(tokens)
        self.saved: list[OAuthTokens | None] = []

    def save(self, tokens: OAuthTokens | None) -> None:
        self.saved.append(tokens)
        super().save(tokens)


class AsyncRecordingStore:
    """The same, asynchronously."""

    def __init__(self, tokens: OAuthTokens | None = None) -> None:
        self.tokens = tokens
        self.saved: list[OAuthTokens | None] = []

    async def load(self) -> OAuthTokens | None:
        await asyncio.sleep(0)
        return self.tokens

    async def save(self, tokens: OAuthTokens | None) -> None:
        await asyncio.sleep(0)
        self.saved.append(tokens)
        self.tokens = tokens


@pytest.fixture
def make_oauth(craft: Craft) -> Iterator[MakeOAuth]:
    """Makes a CraftOAuth for an app: `make_oauth(app, store=…)`."""
    made: list[CraftOAuth] = []

    def build(app: App, **options: Any) -> CraftOAuth:
        made.append(CraftOAuth(**{**options_of(craft, app), **options}))
        return made[-1]

    yield build
    for oauth in made:
        oauth.close()


def async_oauth(craft: Craft, app: App, **options: Any) -> AsyncCraftOAuth:
    """The same for asyncio; it is closed by whoever asks for it."""
    return AsyncCraftOAuth(**{**options_of(craft, app), **options})


def async_oauth_at(url: str, secret: str | None, store: Any) -> AsyncCraftOAuth:
    """One that talks to any server, which needs to know no app."""
    return AsyncCraftOAuth(
        "app_1",
        secret,
        redirect_uri=REDIRECT_URI,
        web_url=url,
        base_url=url,
        store=store,
        max_retries=0,
    )


def tokens_of(access_token: str, refresh_token: str, seconds: float) -> OAuthTokens:
    """Tokens that end so soon."""
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    return OAuthTokens(
        access_token=access_token, refresh_token=refresh_token, expires_at=ends, scopes=("read",)
    )
