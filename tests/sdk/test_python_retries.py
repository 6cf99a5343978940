"""Which calls the Python SDK tries again, behind a real proxy that fails, drops and stalls."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from craft_sdk import (
    APIConnectionError,
    APITimeoutError,
    AsyncCraftClient,
    CraftClient,
    RateLimitError,
    UnexpectedAnswerError,
)
from tests.sdk.blocking import run
from tests.sdk.proxy import Proxy, proxying
from tests.sdk.python import Account, Make
from tests.sdk.server import Craft

pytestmark = pytest.mark.server


@pytest.fixture
def proxy(craft: Craft) -> Iterator[Proxy]:
    with proxying(craft.port) as proxy:
        yield proxy


@pytest.mark.parametrize("faults", [[502, 503], [504, "drop"]])
def test_a_read_is_tried_again_until_it_is_answered(
    make: Make, account: Account, proxy: Proxy, faults: list[int | str]
) -> None:
    proxy.faults.extend(faults)

    assert make(account.key, base_url=proxy.url).me.get().email == account.email
    assert proxy.seen == [b"GET /v1/me HTTP/1.1"] * 2


def test_a_proxy_s_error_page_is_a_clear_error(make: Make, account: Account, proxy: Proxy) -> None:
    proxy.faults.append(502)
    client = make(account.key, base_url=proxy.url, max_retries=0)

    with pytest.raises(UnexpectedAnswerError, match="502 Bad Gateway, text/html") as info:
        client.me.get()

    assert info.value.status == 502
    assert client.me.get().email == account.email


@pytest.mark.parametrize(
    "page", [b"[" * 200_000, b'{"success":true,"data":' + b"9" * 9_000 + b"}"], ids=["deep", "long"]
)
def test_json_that_cannot_be_read_is_unexpected(
    make: Make, account: Account, proxy: Proxy, page: bytes
) -> None:
    proxy.page = page
    proxy.faults.append(200)

    with pytest.raises(UnexpectedAnswerError):
        make(account.key, base_url=proxy.url).me.get()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("fault", [503, "drop"])
def test_a_write_that_would_be_another_one_is_not_made_twice(
    make: Make, account: Account, proxy: Proxy, method: str, fault: int | str
) -> None:
    proxy.faults.append(fault)

    with pytest.raises(APIConnectionError if fault == "drop" else UnexpectedAnswerError):
        make(account.key, base_url=proxy.url).request(method, "/projects/proj_once")

    assert proxy.seen == [f"{method} /v1/projects/proj_once HTTP/1.1".encode()]


def test_a_put_or_delete_that_was_lost_is_made_again(make: Make, account: Account, proxy: Proxy) -> None:
    project_id = make(account.key).projects.create(name="For lost calls").id

    proxy.faults.extend(["drop", 503])
    files = make(account.key, base_url=proxy.url).files
    assert files.upload(project_id, "lost.bin", bytes(2**20)).size == 2**20
    proxy.faults.extend([503, "drop"])
    files = make(account.key, base_url=proxy.url).files  # which has no connection yet
    assert files.delete(project_id, "lost.bin").deleted

    path = f"/v1/projects/{project_id}/files/lost.bin HTTP/1.1"
    assert proxy.seen == [f"{method} {path}".encode() for method in ("PUT", "PUT", "DELETE", "DELETE")]


def test_an_upload_that_can_be_sent_once_is_not_made_again(
    make: Make, account: Account, proxy: Proxy
) -> None:
    proxy.faults.append("drop")

    with pytest.raises(APIConnectionError):
        make(account.key, base_url=proxy.url).files.upload("proj_1", "a", iter([b"1"]), size=1)

    assert len(proxy.seen) == 1


def test_no_server_at_all_is_a_connection_error(make: Make, account: Account) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = make(account.key, base_url=f"http://127.0.0.1:{port}", max_retries=1)

    with pytest.raises(
        APIConnectionError, match=rf"no answer to GET /v1/me on 127\.0\.0\.1:{port}: "
    ) as info:
        client.me.get()

    assert (info.value.code, info.value.status) == ("CONNECTION", None)


def test_an_answer_that_does_not_come_in_time_is_a_timeout(
    make: Make, account: Account, proxy: Proxy
) -> None:
    proxy.faults.append("stall")

    with pytest.raises(APITimeoutError, match=r"on 127\.0\.0\.1:") as info:
        make(account.key, base_url=proxy.url, timeout=0.2, max_retries=0).me.get()

    assert info.value.code == "TIMEOUT"


def test_one_call_may_have_less_patience_than_the_others(make: Make, account: Account, proxy: Proxy) -> None:
    client = make(account.key, base_url=proxy.url)
    proxy.faults.append("stall")

    with pytest.raises(APITimeoutError):
        client.with_options(timeout=0.2, max_retries=0).me.get()

    settings = client._transport.settings
    assert (settings.timeout, settings.max_retries) == (60, 2)
    assert client.with_options(timeout=None)._transport.settings.timeout is None
    assert client.me.get().email == account.email


def test_a_stalled_read_is_tried_again(make: Make, account: Account, proxy: Proxy) -> None:
    proxy.faults.append("stall")

    assert make(account.key, base_url=proxy.url, timeout=2.0).me.get().email == account.email


def test_a_wait_that_is_too_long_is_an_error_at_once(make: Make, account: Account, proxy: Proxy) -> None:
    for told, seconds in (("3600", 3600), ("Fri, 31 Dec 2100 23:59:59 GMT", 10**9)):
        proxy.retry_after = told
        proxy.faults.append(503)
        with pytest.raises(UnexpectedAnswerError) as info:
            make(account.key, base_url=proxy.url).me.get()
        assert info.value.retry_after is not None
        assert info.value.retry_after >= seconds


def test_a_task_is_cancelled_while_it_waits_to_try_again(account: Account, proxy: Proxy) -> None:
    proxy.retry_after = "50"
    proxy.faults.extend([503, 503])

    async def cancel() -> None:
        async with AsyncCraftClient(account.key, base_url=proxy.url) as client:
            call = asyncio.create_task(client.me.get())
            while not proxy.seen:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            proxy.faults.clear()
            assert (await client.me.get()).email == account.email

    run(cancel())
    assert len(proxy.seen) == 1


@pytest.mark.long
def test_a_429_recovers_by_itself_whatever_the_method(craft: Craft) -> None:
    email = craft.new_user(plan="free")
    key = craft.new_key(email)

    async def rename() -> str:
        async with AsyncCraftClient(key, base_url=craft.url) as client:
            return (await client.me.update(name="Patient")).name

    with CraftClient(key, base_url=craft.url) as client, ThreadPoolExecutor() as threads:
        while client.auth.get().rate_limit.remaining:  # type: ignore[union-attr]
            pass
        with (
            CraftClient(key, base_url=craft.url, max_retries=0) as impatient,
            pytest.raises(RateLimitError),
        ):
            impatient.me.get()
        craft.end_minute(email)
        renamed = threads.submit(run, rename())
        assert client.projects.create(name="After the wait").name == "After the wait"
        assert renamed.result() == "Patient"
