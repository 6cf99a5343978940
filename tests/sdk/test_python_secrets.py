"""Credentials in the Python SDK: mistakes are told before anything is sent, and nothing shows a secret."""

import logging
import pprint
import socket
import traceback
from typing import Any

import pytest

from apikeys.tokens import checksum
from craft_sdk import (
    AsyncCraftClient,
    AsyncCraftOAuth,
    ConfigurationError,
    CraftClient,
    CraftError,
    CraftOAuth,
    InvalidRequestError,
    MemoryStore,
    OAuthTokens,
)
from tests.sdk.proxy import proxying
from tests.sdk.python import Account, Make, options_of
from tests.sdk.server import App, Craft

NOWHERE = "http://127.0.0.1:9"  # nothing listens there: what is sent fails otherwise
REST = "Public0id123_0123456789abcdefghijABCDEFGHIJkl"  # whole, yet nobody's
KEY = f"craft_key_{REST}" + checksum(f"craft_key_{REST}")
TOKEN = f"craft_oat_{REST}" + checksum(f"craft_oat_{REST}")
Client = type[CraftClient] | type[AsyncCraftClient]


@pytest.fixture(params=[CraftClient, AsyncCraftClient])
def kind(request: pytest.FixtureRequest) -> Client:
    found: Client = request.param
    return found


def swapped(key: str) -> str:
    """The key with two neighbours of its secret in the other order."""
    at = next(at for at in range(30, 50) if key[at] != key[at + 1])
    return key[:at] + key[at + 1] + key[at] + key[at + 2 :]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (KEY[:-1], "incomplete or mistyped: it has 60 characters, a whole one has 61"),
        (KEY[:20] + KEY[21:], "incomplete or mistyped"),
        (KEY + "x", "incomplete or mistyped"),
        (swapped(KEY), "looks mistyped: its checksum is wrong"),
        (KEY[:-1] + "é", "looks mistyped"),
        (KEY[1:], "is no Craft API key: those begin with craft_key_"),
        ("sk-something", "is no Craft API key"),
        (TOKEN, "is a Craft access token, not API key"),
        ("  ", "is empty"),
        (f'"{KEY}"', "without quotes"),
        (f"Bearer {KEY}", "without Bearer"),
    ],
    ids=[
        "cut",
        "gap",
        "longer",
        "swapped",
        "accent",
        "headless",
        "foreign",
        "token",
        "empty",
        "quotes",
        "bearer",
    ],
)
def test_a_key_that_was_cut_or_mistyped_is_told_before_any_request(
    kind: Client, key: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as info:
        kind(api_key=key, base_url=NOWHERE)

    assert info.value.code == "CONFIGURATION"
    assert isinstance(info.value, ValueError)
    assert not key.strip() or key not in str(info.value)


def test_a_key_from_the_environment_is_checked_as_well(kind: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAFT_API_KEY", KEY[:-1])

    with pytest.raises(ConfigurationError, match="CRAFT_API_KEY looks incomplete"):
        kind()


def test_without_a_credential_there_is_no_client(kind: Client) -> None:
    with pytest.raises(ConfigurationError, match="set CRAFT_API_KEY, or give api_key"):
        kind()


def test_two_credentials_are_refused_and_one_goes_before_the_environment(
    kind: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="not several"):
        kind(api_key=KEY, access_token=TOKEN)

    monkeypatch.setenv("CRAFT_API_KEY", "nonsense")
    kind(access_token=TOKEN)
    kind(api_key=f"  {KEY}\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "api.craft.fast"}, "must be an address such as https://api.craft.fast"),
        ({"base_url": "ftp://api.craft.fast"}, "must be an address"),
        ({"base_url": "https://api.craft.fast:port"}, "must be an address"),
        ({"base_url": "https://me:secret@api.craft.fast"}, "nothing but host and path"),
        ({"base_url": "https://api.craft.fast/v1/"}, "goes without /v1"),
        ({"timeout": 0}, "timeout"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_retry_wait": -1}, "max_retry_wait"),
        ({"base_url": ""}, "must be an address"),
        ({"base_url": b"https://api.craft.fast"}, "base_url must be a string"),
        ({"timeout": "5"}, "timeout must be a number"),
        ({"timeout": (3, 5)}, "timeout must be a number"),
        ({"timeout": True}, "timeout must be a number"),
        ({"timeout": float("nan")}, "timeout must be a number"),
        ({"max_retries": None}, "max_retries must be a whole number"),
        ({"max_retries": 1.5}, "max_retries must be a whole number"),
        ({"max_retries": True}, "max_retries must be a whole number"),
        ({"max_retry_wait": "9"}, "max_retry_wait must be a number"),
        ({"api_key": KEY.encode()}, "api_key must be a string"),
    ],
)
def test_a_wrong_option_is_told_at_once(kind: Client, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as info:
        kind(**{"api_key": KEY, **options})

    assert "secret" not in str(info.value)


def test_an_endless_timeout_is_no_limit(kind: Client) -> None:
    assert kind(api_key=KEY, timeout=float("inf"))._transport.settings.timeout is None


def test_each_client_takes_the_token_source_of_its_kind() -> None:
    options: dict[str, Any] = {"client_id": "app_1", "redirect_uri": "https://app.example/callback"}
    oauth, async_oauth = CraftOAuth(**options), AsyncCraftOAuth(**options)

    for auth in (async_oauth, OwnAsyncSource()):
        with pytest.raises(ConfigurationError, match="CraftClient goes with CraftOAuth"):
            CraftClient(auth=auth)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="AsyncCraftClient goes with AsyncCraftOAuth"):
        AsyncCraftClient(auth=oauth)  # type: ignore[arg-type]
    for wrong in ("x", CraftOAuth):
        with pytest.raises(ConfigurationError, match="gives access tokens: a CraftOAuth"):
            CraftClient(auth=wrong)  # type: ignore[arg-type]
    CraftClient(auth=oauth)
    CraftClient(auth=OwnSource())
    AsyncCraftClient(auth=async_oauth)
    AsyncCraftClient(auth=OwnAsyncSource())


class OwnSource:
    """A token source of a user's own."""

    def token(self) -> str:
        return TOKEN

    def renew(self, refused: str) -> str:
        return refused


class OwnAsyncSource:
    """The same for asyncio."""

    async def token(self) -> str:
        return TOKEN

    async def renew(self, refused: str) -> str:
        return refused


def test_the_address_comes_from_the_option_the_environment_or_is_craft_s(
    kind: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert repr(kind(api_key=KEY)) == f"<{kind.__name__} of https://api.craft.fast>"
    monkeypatch.setenv("CRAFT_BASE_URL", "https://craft.example/")
    assert "https://craft.example>" in repr(kind(api_key=KEY))
    assert NOWHERE in repr(kind(api_key=KEY, base_url=NOWHERE))


def everything_of(error: BaseException) -> str:
    """All that a log or an error report shows of an error, causes included."""
    shown = [str(error), repr(error), "".join(traceback.format_exception(error)), pprint.pformat(vars(error))]
    following = error.__cause__ or error.__context__
    return "".join(shown) + (everything_of(following) if following else "")


@pytest.mark.server
def test_the_key_is_in_no_error_repr_or_log(
    craft: Craft, make: Make, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    client = make(account.key)
    shown = [repr(client), str(client), repr(client.projects), repr(client.me.get())]
    with proxying(craft.port) as proxy:
        proxy.faults.extend([502, "drop", "stall"])
        behind = make(account.key, base_url=proxy.url, max_retries=0, timeout=0.5)
        calls = [
            *[behind.me.get] * 3,
            make(account.key, base_url=nowhere, max_retries=0).me.get,
            lambda: client.projects.get("proj_nothing"),
            lambda: client.files.upload("proj_1", "x", b"", content_type="a\r\nb: c"),
        ]
        for call in calls:
            with pytest.raises(CraftError) as info:
                call()
            shown.append(everything_of(info.value))

    assert account.key not in "".join(shown)
    assert account.key not in caplog.text
    assert "GET /v1/me: 200" in caplog.text, "the log is not empty"


@pytest.mark.server
def test_what_cannot_be_sent_is_an_error_that_repeats_nothing(make: Make, account: Account) -> None:
    client = make(account.key)
    for options in ({"content_type": "a\r\nb: c"}, {"if_match": "é"}, {"if_none_match": 5}):
        with pytest.raises(InvalidRequestError) as info:
            client.files.upload("proj_1", "x", b"", **options)

        assert list(info.value.details) == list(options)


@pytest.mark.server
def test_oauth_s_secrets_are_in_no_error_repr_or_log(
    craft: Craft, app: App, tokens: OAuthTokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    oauth = CraftOAuth(**options_of(craft, app), store=MemoryStore(tokens))
    shown = [repr(oauth), repr(tokens), repr(vars(oauth)), repr(oauth._app)]
    renewed = oauth.renew(tokens.access_token)
    oauth.revoke()
    oauth._memory.tokens = tokens  # revoked by now
    with pytest.raises(CraftError) as info:
        oauth.renew(tokens.access_token)
    shown.append(everything_of(info.value))
    oauth.close()

    assert app.client_secret
    for secret in (tokens.access_token, tokens.refresh_token, renewed, app.client_secret):
        assert secret not in "".join(shown)
        assert secret not in caplog.text
