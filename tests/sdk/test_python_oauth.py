"""CraftOAuth of the Python SDK against the real server: the way in and the way out."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from craft_sdk import AsyncCraftClient, ConfigurationError, CraftClient, OAuthError, OAuthTokens
from tests.sdk.blocking import run
from tests.sdk.python import AsyncRecordingStore, MakeOAuth, RecordingStore, async_oauth
from tests.sdk.server import REDIRECT_URI, App, Craft

pytestmark = pytest.mark.server


def test_the_authorize_url_carries_a_state_and_a_pkce_challenge(make_oauth: MakeOAuth, app: App) -> None:
    oauth = make_oauth(app)

    url, kept = oauth.authorize_url(scope="read write")

    query = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
    digest = hashlib.sha256(kept["code_verifier"].encode()).digest()
    assert query == {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "read write",
        "state": kept["state"],
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert oauth.authorize_url().kept["state"] != kept["state"]


@pytest.mark.parametrize("is_public", [False, True])
def test_the_callback_brings_tokens_that_the_store_gets(
    craft: Craft, make_oauth: MakeOAuth, email: str, is_public: bool
) -> None:
    store = RecordingStore()
    oauth = make_oauth(craft.new_app(is_public=is_public), store=store)
    url, kept = oauth.authorize_url(scope="read write")

    tokens = oauth.callback(craft.person(email).answer(url, "allow"), kept)

    assert store.saved == [tokens]
    assert tokens.scopes == ("read", "write")
    assert timedelta(minutes=50) < tokens.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert OAuthTokens.from_dict(tokens.to_dict()) == tokens
    with CraftClient(auth=oauth, base_url=craft.url) as client:
        assert client.me.get().email == email


def test_a_person_who_says_no_is_an_oauth_error(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str
) -> None:
    oauth = make_oauth(app)
    url, kept = oauth.authorize_url()

    with pytest.raises(OAuthError, match="denied") as info:
        oauth.callback(craft.person(email).answer(url, "deny"), kept)

    assert info.value.code == "access_denied"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("code=x&state=another&iss={iss}", "state_mismatch"),
        ("code=x&iss={iss}", "state_mismatch"),
        ("code=x&state={state}&iss=https://evil.example", "issuer_mismatch"),
        ("code=x&state={state}", "issuer_mismatch"),
        ("code=x&code=y&state={state}&iss={iss}", "invalid_callback"),
        ("state={state}&iss={iss}", "invalid_callback"),
        ("error=server_error&state={state}&iss={iss}", "server_error"),
    ],
)
def test_a_callback_that_does_not_answer_the_request_is_refused(
    craft: Craft, make_oauth: MakeOAuth, app: App, query: str, code: str
) -> None:
    oauth = make_oauth(app)
    _, kept = oauth.authorize_url()
    url = f"{REDIRECT_URI}?{query.format(state=kept['state'], iss=craft.url)}"

    with pytest.raises(OAuthError) as info:
        oauth.callback(url, kept)

    assert info.value.code == code
    with pytest.raises(OAuthError):
        oauth.callback(url, {})


def test_a_lost_session_is_told_so(make_oauth: MakeOAuth, app: App) -> None:
    for kept in (None, "state"):
        with pytest.raises(OAuthError, match="session was lost") as info:
            make_oauth(app).callback(f"{REDIRECT_URI}?code=x&state=y", kept)  # type: ignore[arg-type]
        assert info.value.code == "state_mismatch"


def test_scopes_may_be_a_list_and_a_client_id_may_have_spaces_around(make_oauth: MakeOAuth, app: App) -> None:
    url, _ = make_oauth(app, client_id=f" {app.client_id}\n").authorize_url(scope=["read", "write"])

    query = parse_qs(urlsplit(url).query)
    assert (query["scope"], query["client_id"]) == (["read write"], [app.client_id])


def test_asyncio_goes_the_whole_way(craft: Craft, app: App, email: str) -> None:
    store = AsyncRecordingStore()

    async def go() -> None:
        async with (
            async_oauth(craft, app, store=store) as oauth,
            AsyncCraftClient(auth=oauth, base_url=craft.url) as client,
        ):
            url, kept = oauth.authorize_url(scope="read")
            tokens = await oauth.callback(craft.person(email).answer(url, "allow"), kept)
            assert (await client.me.get()).email == email
            await oauth.revoke()
            assert store.saved == [tokens, None]
            with pytest.raises(OAuthError) as info:
                await client.me.get()
            assert info.value.code == "no_tokens"

    run(go())


def test_revoking_ends_the_tokens_and_empties_the_store(
    craft: Craft, make_oauth: MakeOAuth, app: App, tokens: OAuthTokens
) -> None:
    store = RecordingStore(tokens)
    oauth = make_oauth(app, store=store)

    oauth.revoke()

    assert store.saved == [None]
    assert craft.call("GET", "/v1/me", tokens.access_token)[0] == 401
    with pytest.raises(OAuthError, match="no tokens"):
        oauth.token()
    oauth.revoke()
    assert store.saved == [None], "there is nothing more to revoke"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_secret": "craft_ocs_cut"}, "client_secret looks incomplete"),
        ({"web_url": None}, "give web_url too"),
        ({"web_url": "craft.fast"}, "web_url must be an address"),
    ],
)
def test_a_wrong_set_up_is_told_at_once(
    make_oauth: MakeOAuth, app: App, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_oauth(app, **options)
