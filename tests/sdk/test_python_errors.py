"""Every error class of the Python SDK, provoked on the real server, and what is refused before it is sent."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import craft_sdk
from craft_sdk import CraftClient, CraftError, InvalidRequestError, OAuthError, RateLimitError
from craft_sdk.errors import BY_CODE
from tests.sdk.proxy import proxying
from tests.sdk.python import Account, Make
from tests.sdk.server import App, Craft

pytestmark = pytest.mark.server


def raised(kind: type[CraftError], call: Callable[[], Any]) -> Any:
    """The error that a call raises, with what every refusal by the API has."""
    with pytest.raises(kind) as info:
        call()
    error = info.value
    assert type(error) is kind
    assert BY_CODE[error.code] is kind
    assert re.fullmatch("[0-9a-f]{32}", error.request_id or "")
    assert error.message.rstrip(".") in str(error)
    assert f"request {error.request_id}" in str(error)
    return error


@pytest.fixture(scope="module")
def project_id(craft: Craft, account: Account) -> str:
    with CraftClient(account.key, base_url=craft.url, transport=httpx.HTTPTransport()) as client:
        return client.projects.create(name="For errors").id


def test_a_bad_value_is_an_invalid_request_with_its_reasons(client: Any) -> None:
    error = raised(InvalidRequestError, lambda: client.projects.create(name="", description="x" * 2001))

    assert error.status == 400
    assert set(error.details) == {"name", "description"}
    assert error.details["name"][0] in str(error)


def test_a_key_that_is_none_of_craft_s_is_unauthorized(craft: Craft, make: Make, account: Account) -> None:
    client = make(craft.new_key(account.email, name=f"Ended {id(make)}"))
    client.auth.delete()

    error = raised(craft_sdk.UnauthorizedError, client.me.get)

    assert (error.status, error.message) == (401, "Invalid or missing authentication")
    assert error.description
    assert str(error).startswith(f"{error.message}: {error.description}")


def test_a_read_only_key_is_forbidden_to_write_and_told_the_scope(
    craft: Craft, make: Make, account: Account
) -> None:
    client = make(craft.new_key(account.email, permission="read-only", name=f"Only reads {id(make)}"))

    error = raised(craft_sdk.ForbiddenError, lambda: client.projects.create(name="No"))

    assert (error.status, error.scope) == (403, "write")
    assert "the scope write is missing" in str(error)


def test_another_user_s_project_is_forbidden_without_a_scope(
    craft: Craft, make: Make, project_id: str
) -> None:
    stranger = make(craft.new_key(craft.new_user()))

    assert raised(craft_sdk.ForbiddenError, lambda: stranger.projects.get(project_id)).scope is None


def test_what_is_not_there_is_not_found(client: Any) -> None:
    assert raised(craft_sdk.NotFoundError, lambda: client.projects.get("proj_nothing")).status == 404


def test_a_method_that_an_address_does_not_take_is_not_allowed(client: Any) -> None:
    assert raised(craft_sdk.MethodNotAllowedError, lambda: client.request("PUT", "/me")).status == 405


def test_making_a_file_twice_is_a_conflict(client: Any, project_id: str) -> None:
    path = f"twice-{id(client)}.txt"
    client.files.create(project_id, path, "1")

    assert raised(craft_sdk.ConflictError, lambda: client.files.create(project_id, path, "2")).status == 409


def chunk(request: httpx.Request) -> None:
    del request.headers["Content-Length"]
    request.headers["Transfer-Encoding"] = "chunked"


class Chunking(httpx.HTTPTransport):
    """Sends bodies as this SDK never does."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        chunk(request)
        return super().handle_request(request)


class AsyncChunking(httpx.AsyncHTTPTransport):
    """The same for asyncio."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        chunk(request)
        return await super().handle_async_request(request)


@pytest.mark.parametrize(
    ("make", "transport"), [("threads", Chunking), ("asyncio", AsyncChunking)], indirect=["make"]
)
def test_a_chunked_body_needs_a_length(
    craft: Craft, make: Make, account: Account, transport: type[httpx.BaseTransport]
) -> None:
    with proxying(craft.port) as proxy:  # the server alone may close before its answer can be read
        client = make(account.key, base_url=proxy.url, transport=transport())

        assert raised(craft_sdk.LengthRequiredError, lambda: client.me.update(name="x")).status == 411


def test_a_file_that_has_changed_fails_the_precondition(client: Any, project_id: str) -> None:
    path = f"changed-{id(client)}.txt"
    old = client.files.create(project_id, path, "1")
    client.files.update(project_id, path, "2")

    for call in (
        lambda: client.files.update(project_id, path, "3", if_match=old.sha256),
        lambda: client.files.upload(project_id, path, b"3", if_match=f'"{old.sha256}"'),
        lambda: client.files.upload(project_id, path, b"3", if_none_match="*"),
        lambda: client.files.update(project_id, path, "3", if_none_match="*"),
        lambda: client.files.delete(project_id, path, if_match=old.sha256),
    ):
        assert raised(craft_sdk.PreconditionFailedError, call).status == 412
    assert client.files.upload(project_id, path, b"3", if_match="*").size == 1


@pytest.fixture
def early(make: Make, craft: Craft) -> Iterator[Callable[..., Any]]:
    """Makes clients that see a refusal while they still send.

    In threads, that is any. With asyncio, httpx reads only once all is sent, and the server closes before: it
    takes a proxy in between that reads to the end, as in production.
    """
    with proxying(craft.port) as proxy:

        def build(key: str) -> Any:
            client = make(key)
            return client if isinstance(client, CraftClient) else make(key, base_url=proxy.url)

        yield build


@pytest.mark.parametrize("is_iterator", [False, True])
def test_a_large_upload_that_is_refused_early_is_told_why(
    craft: Craft, early: Callable[..., Any], account: Account, project_id: str, is_iterator: bool
) -> None:
    size = 5 * 2**20
    reader = early(craft.new_key(account.email, permission="read-only", name=f"Reads {uuid.uuid4()}"))
    writer = early(account.key)

    def upload(client: Any, project: str, size: int = size) -> Any:
        content = iter([bytes(2**20)] * (size >> 20)) if is_iterator else bytes(size)
        return lambda: client.files.upload(project, "early.bin", content, size=size)

    assert raised(craft_sdk.ForbiddenError, upload(reader, project_id)).scope == "write"
    raised(craft_sdk.NotFoundError, upload(writer, "proj_nothing"))
    raised(craft_sdk.PayloadTooLargeError, upload(writer, project_id, 33 * 2**20))
    assert [file.path for file in writer.files.list(project_id).all()].count("early.bin") == 0


def test_a_large_call_in_json_that_is_refused_early_is_told_why(
    early: Callable[..., Any], account: Account, project_id: str
) -> None:
    call = lambda: early(account.key).files.create(project_id, "large.txt", "x" * 3_000_000)  # noqa: E731

    raised(craft_sdk.PayloadTooLargeError, call)


def test_a_content_type_that_is_none_is_unsupported(client: Any, project_id: str) -> None:
    call = lambda: client.files.upload(project_id, "x", b"1", content_type="nonsense")  # noqa: E731

    assert raised(craft_sdk.UnsupportedMediaTypeError, call).status == 415


def test_a_call_too_many_is_a_rate_limit_error_with_the_time_to_wait(craft: Craft, make: Make) -> None:
    client = make(craft.new_key(craft.new_user(plan="free")), max_retry_wait=0)
    for _ in range(6):
        client.me.get()

    error = raised(RateLimitError, client.me.get)

    assert error.status == 429
    assert 0 < error.retry_after <= 60


def test_a_crash_is_an_internal_error(craft: Craft, client: Any) -> None:
    rename = "from django.db import connection\nconnection.cursor().execute('ALTER TABLE {} RENAME TO {}')"
    table = craft.ask("from api.projects.models import Project\nanswer = Project._meta.db_table")
    craft.run(rename.format(table, "elsewhere"))
    try:
        assert raised(craft_sdk.InternalError, client.projects.list).status == 500
    finally:
        craft.run(rename.format("elsewhere", table))


def test_oauth_errors_have_the_code_of_the_rfc(craft: Craft, make_oauth: Any, app: App) -> None:
    good = make_oauth(app)
    wrong = make_oauth(app, client_secret=craft.new_app().client_secret)
    _, kept = good.authorize_url()
    callback = f"/callback?code=nonsense&state={kept['state']}&iss={craft.url}"

    for oauth, code, status in ((good, "invalid_grant", 400), (wrong, "invalid_client", 401)):
        with pytest.raises(OAuthError) as info:
            oauth.callback(callback, kept)
        assert (info.value.code, info.value.status) == (code, status)
        assert info.value.request_id


def test_an_answer_that_is_not_the_api_s_is_unexpected(craft: Craft, make: Make, account: Account) -> None:
    client = make(account.key, base_url=f"{craft.url}/settings")

    with pytest.raises(craft_sdk.UnexpectedAnswerError) as info:
        client.me.get()

    assert info.value.code == "UNEXPECTED_ANSWER"
    assert info.value.status in (302, 404)


@pytest.mark.parametrize("path", ["", ".", "a/../b", "/absolute", "a//b", "half \ud800"])
def test_a_path_that_an_address_would_swallow_is_refused_before_it_is_sent(client: Any, path: str) -> None:
    with pytest.raises(InvalidRequestError) as info:
        client.files.delete("proj_1", path)

    assert list(info.value.details) == ["path"]
    assert info.value.status is None


@pytest.mark.parametrize("path", ["%2e%2e/x", "a\\b", "C:/x", "a\nb"])
def test_the_server_judges_paths_that_an_address_can_say(client: Any, project_id: str, path: str) -> None:
    error = raised(InvalidRequestError, lambda: client.files.delete(project_id, path))

    assert "path" in error.details


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/abs.txt", "not begin"),
        ("a//b", "double"),
        ("a/", "not end"),
        (None, "a string"),
        (Path("a"), "a string"),
    ],
)
def test_a_path_that_is_none_is_told_why(client: Any, path: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        client.files.upload("proj_1", path, b"")


def test_an_id_or_content_of_another_type_is_refused_before_it_is_sent(client: Any) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: client.projects.get(client),
        lambda: client.projects.get(None),
        lambda: client.files.create("proj_1", Path("a"), "x"),
        lambda: client.files.create("proj_1", "a", Path("a")),
    ]
    for call in calls:
        with pytest.raises(InvalidRequestError, match="must be a string") as info:
            call()
        assert info.value.status is None


@pytest.mark.parametrize("path", ["/../docs/", "/%2e%2E/docs", "/a/./b", "/a\\..\\b", "/.."])
def test_a_free_call_stays_below_v1(client: Any, path: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"must have no \. or \.\."):
        client.request("GET", path)


def test_what_json_cannot_say_is_refused_before_it_is_sent(client: Any) -> None:
    for settings in ({"a": object()}, {"a": float("nan")}):
        with pytest.raises(InvalidRequestError):
            client.projects.create(name="x", settings=settings)
    with pytest.raises(InvalidRequestError) as info:
        client.api_keys.create(name="x", permission="read-only", expires_at=datetime(2099, 1, 1))  # noqa: DTZ001
    assert list(info.value.details) == ["expiresAt"]
    with pytest.raises(InvalidRequestError):
        client.request("GET", "v1/me")
