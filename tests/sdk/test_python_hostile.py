"""The Python SDK meets answers that no honest server gives: each is an error, and nothing leaks."""

import asyncio
import hashlib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apikeys.tokens import Kind, generate
from craft_sdk import (
    APIConnectionError,
    AsyncCraftClient,
    ConfigurationError,
    CraftClient,
    CraftError,
    CraftOAuth,
    MemoryStore,
    OAuthError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from tests.sdk.blocking import Blocking, background_loop, run
from tests.sdk.hostile import GOOD_PAGE, Hostile, hostile
from tests.sdk.python import KINDS, async_oauth_at, tokens_of

pytestmark = pytest.mark.matrix

KEY = generate(Kind.API_KEY).raw
SECRET = generate(Kind.CLIENT_SECRET).raw
CONTENT = b"the whole content"
TAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'


@pytest.fixture
def server() -> Iterator[Hostile]:
    with hostile() as server:
        yield server


@pytest.fixture(params=KINDS)
def client(request: pytest.FixtureRequest, server: Hostile) -> Iterator[Any]:
    with background_loop() as loop:
        options: dict[str, Any] = {"base_url": server.url, "max_retries": 0}
        if request.param == "threads":
            client: Any = CraftClient(KEY, **options)
        else:
            client = Blocking(AsyncCraftClient(KEY, **options), loop)
        yield client
        client.close()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (CONTENT[:5], {"ETag": TAG, "Content_Length": None}),
        (b"another content!!", {"ETag": TAG}),
    ],
)
def test_content_that_is_not_the_announced_one_is_no_download(
    server: Hostile, client: Any, tmp_path: Path, body: bytes, headers: dict[str, Any]
) -> None:
    server.answer(body, Content_Type="application/octet-stream", **headers)

    with client.files.download("proj_1", "a.bin") as content, pytest.raises(APIConnectionError):
        content.save(tmp_path / "a.bin")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("status", "headers"), [(206, {"ETag": TAG}), (200, {}), (200, {"ETag": '"1"'})])
def test_an_answer_that_is_no_whole_file_is_unexpected(
    server: Hostile, client: Any, status: int, headers: dict[str, Any]
) -> None:
    server.answer(CONTENT, status, Content_Type="text/html", **headers)

    with pytest.raises(UnexpectedAnswerError), client.files.download("proj_1", "a.bin"):
        pass


def test_a_name_as_long_as_the_disk_allows_can_be_saved(server: Hostile, client: Any, tmp_path: Path) -> None:
    server.answer(CONTENT, ETag=TAG)

    with client.files.download("proj_1", "a.bin") as content:
        assert content.save(tmp_path / ("n" * 255)).read_bytes() == CONTENT


@pytest.mark.parametrize("details", [5, ["a"], {"a": 5}, {"a": [1]}])
def test_an_error_with_odd_details_can_be_printed(server: Hostile, client: Any, details: Any) -> None:
    error = {"code": "INVALID_REQUEST", "message": "No.", "details": details}
    server.answer({"success": False, "error": error}, 400)

    with pytest.raises(CraftError, match=r"No\."):
        client.me.get()


def test_a_time_to_wait_that_is_none_is_ignored(server: Hostile, client: Any) -> None:
    error = {"code": "RATE_LIMIT_EXCEEDED", "message": "Slower."}
    far = "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"
    server.answer({"success": False, "error": error}, 429, Retry_After=far)

    with pytest.raises(CraftError, match="Slower"):
        client.me.get()


def test_a_list_that_says_more_for_ever_ends_at_an_empty_page(server: Hostile, client: Any) -> None:
    server.answer({"success": True, "data": [], "pagination": GOOD_PAGE | {"hasMore": True}})

    assert list(client.projects.list().all()) == []
    assert len(server.seen) == 1


def test_cookies_are_neither_kept_nor_sent(server: Hostile, client: Any) -> None:
    server.answer({"success": False}, Set_Cookie="sid=1; Path=/")
    for _ in range(2):
        with pytest.raises(UnexpectedAnswerError):
            client.me.get()

    assert [headers.get("Cookie") for _, headers in server.seen] == [None, None]


@pytest.mark.parametrize("tail", ["\n", "\0", "…", " x"], ids=["line feed", "nul", "not latin", "space"])
def test_a_token_that_no_header_can_hold_is_told_without_it(server: Hostile, tail: str) -> None:
    class Source:
        def token(self) -> str:
            return f"{KEY}{tail}{KEY}"

        def renew(self, refused: str) -> str:
            return refused

    with (
        CraftClient(auth=Source(), base_url=server.url) as client,
        pytest.raises(ConfigurationError) as info,
    ):
        client.me.get()

    assert KEY not in "".join(traceback.format_exception(info.value)) + repr(info.value)
    assert info.value.__cause__ is None
    assert server.seen == []


def everything(error: BaseException) -> str:
    """All that an error tracker would record of an error."""
    told = ""
    each: BaseException | None = error
    while each is not None:
        request = getattr(each, "_request", None)
        told += repr(each) + repr(vars(each)) + repr(request and (request.headers, request.content))
        each = each.__cause__ or each.__context__
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    # The frames of this test hold the key by right.
    chain: Any = trace
    while chain is not None:
        told += "".join(
            repr(frame.locals)
            for frame in chain.stack
            if "craft_sdk" in frame.filename or "http" in frame.filename
        )
        chain = chain.__cause__ or chain.__context__
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_connection_leaves_no_secret_in_frames_or_causes(kind: str, server: Hostile) -> None:
    nobody = "http://127.0.0.1:1"
    held = tokens_of(generate(Kind.ACCESS_TOKEN).raw, generate(Kind.REFRESH_TOKEN).raw, seconds=0)

    async def call_async() -> tuple[BaseException, BaseException]:
        oauth = async_oauth_at(nobody, SECRET, MemoryStore(held))
        async with AsyncCraftClient(KEY, base_url=nobody, max_retries=0) as client, oauth:
            return await _raised_async(client.me.get()), await _raised_async(oauth.token())

    if kind == "asyncio":
        errors: Any = run(call_async())
    else:
        options: dict[str, Any] = {"redirect_uri": "http://127.0.0.1/", "web_url": nobody, "base_url": nobody}
        oauth = CraftOAuth("app_1", SECRET, store=MemoryStore(held), max_retries=0, **options)
        with CraftClient(KEY, base_url=nobody, max_retries=0) as client, oauth:
            errors = (_raised(client.me.get), _raised(oauth.token))

    for error in errors:
        told = everything(error)
        assert "craft_sdk" in told or "Connect" in told
        for secret in (KEY, SECRET, held.access_token, held.refresh_token):
            assert secret not in told


def _raised(call: Callable[[], Any]) -> BaseException:
    with pytest.raises(APIConnectionError) as info:
        call()
    return info.value


async def _raised_async(awaitable: Any) -> BaseException:
    with pytest.raises(APIConnectionError) as info:
        await awaitable
    return info.value


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": None, "refresh_token": "r", "expires_in": 60, "scope": "read"},
        {"access_token": "a", "refresh_token": "r", "expires_in": 10**15, "scope": "read"},
        {"access_token": "a", "refresh_token": "r", "expires_in": float("inf"), "scope": "read"},
    ],
)
def test_tokens_that_are_none_are_not_kept(server: Hostile, answer: dict[str, Any]) -> None:
    store = MemoryStore(tokens_of("old", "old", seconds=0))
    server.answer(answer)
    options: dict[str, Any] = {"redirect_uri": "http://127.0.0.1/", "web_url": server.url, "store": store}

    with CraftOAuth("app_1", base_url=server.url, **options) as oauth, pytest.raises(UnexpectedAnswerError):
        oauth.token()

    kept = store.load()
    assert kept is not None
    assert kept.access_token == "old"


def test_a_page_in_place_of_a_revocation_is_none(server: Hostile) -> None:
    store = MemoryStore(tokens_of("a", "r", seconds=900))
    server.answer(b"<html>Please log in to the hotel's network", Content_Type="text/html")
    options: dict[str, Any] = {"redirect_uri": "http://127.0.0.1/", "web_url": server.url, "store": store}

    with CraftOAuth("app_1", base_url=server.url, **options) as oauth, pytest.raises(UnexpectedAnswerError):
        oauth.revoke()

    assert store.load() is not None


def test_a_token_endpoint_that_gives_the_refused_token_again_is_asked_once(server: Hostile) -> None:
    answer = {"access_token": "same", "refresh_token": "r", "expires_in": 900, "scope": "read"}
    server.answer(answer)

    async def renew() -> str:
        async with async_oauth_at(server.url, None, MemoryStore(tokens_of("same", "r", 900))) as oauth:
            return await asyncio.wait_for(oauth.renew("same"), 30)

    assert run(renew()) == "same"
    assert len(server.seen) == 1


def test_a_callback_whose_address_is_none_is_refused(server: Hostile) -> None:
    options: dict[str, Any] = {"redirect_uri": "http://127.0.0.1/", "web_url": server.url}
    with CraftOAuth("app_1", base_url=server.url, **options) as oauth:
        authorization = oauth.authorize_url()
        with pytest.raises(OAuthError) as info:
            oauth.callback("http://[", authorization.kept)

    assert info.value.code == "invalid_callback"
    assert authorization.kept["code_verifier"] not in repr(authorization)


@pytest.mark.parametrize(
    "url", ["http://api.craft.example", "http://10.0.0.1:8000", "http://localhost.example"]
)
def test_an_address_that_everybody_can_listen_at_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="must be https"):
        CraftClient(KEY, base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.2:1", "http://[::1]:1", "http://craft.localhost:1"])
def test_this_machine_may_be_called_in_clear(url: str) -> None:
    CraftClient(KEY, base_url=url).close()


def test_a_401_that_never_ends_makes_two_calls(server: Hostile) -> None:
    error = {"code": "UNAUTHORIZED", "message": "Invalid or missing authentication"}
    server.answer({"success": False, "error": error}, 401)

    class Source:
        def token(self) -> str:
            return "first"

        def renew(self, refused: str) -> str:
            return "second"

    with CraftClient(auth=Source(), base_url=server.url) as client, pytest.raises(UnauthorizedError):
        client.me.get()

    assert [headers["Authorization"] for _, headers in server.seen] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(server: Hostile, client: Any, status: int) -> None:
    server.answer(b"", status, Location=f"{server.url}/v1/elsewhere")

    with pytest.raises(UnexpectedAnswerError) as info:
        client.me.get()

    assert info.value.status == status
    assert len(server.seen) == 1
