"""on_key_ends of the Python SDK: called back in time, once, and never in the way of a call."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import httpx
import pytest

from craft_sdk import AsyncCraftClient, ConfigurationError, CraftClient, CreatedAPIKey, NotFoundError
from tests.sdk.blocking import run
from tests.sdk.hostile import hostile
from tests.sdk.python import Account, Make
from tests.sdk.server import Craft

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def owner(craft: Craft, admin_token: str) -> Iterator[CraftClient]:
    """A client of an app with every scope."""
    with CraftClient(access_token=admin_token, base_url=craft.url) as client:
        yield client


def in_days(days: int) -> datetime:
    """A moment as the API has it, without a fraction."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


@pytest.fixture
def ending(owner: CraftClient) -> Iterator[CreatedAPIKey]:
    """A key that ends in a week."""
    made = owner.api_keys.create(name="Ends soon", permission="read-write", expires_at=in_days(7))
    yield made
    owner.api_keys.delete(made.id)


def test_each_end_is_told_once(make: Make, owner: CraftClient, ending: CreatedAPIKey) -> None:
    told: list[datetime] = []
    client = make(ending.key, on_key_ends=told.append)

    with pytest.raises(NotFoundError):
        client.projects.get("proj_none")
    client.me.get()
    list(client.projects.list())
    client.request("GET", "/me")

    assert told == [ending.expires_at]
    assert told[0].utcoffset() == timedelta(0)

    sooner = in_days(2)
    owner.api_keys.update(ending.id, expires_at=sooner)
    client.me.get()
    owner.api_keys.update(ending.id, expires_at=ending.expires_at)
    client.me.get()
    assert told == [ending.expires_at, sooner]


def test_the_end_of_a_secret_that_is_rotated_out_is_told_to_its_holder_alone(
    make: Make, owner: CraftClient, ending: CreatedAPIKey
) -> None:
    owner.api_keys.update(ending.id, expires_at=None)
    told: list[datetime] = []
    old = make(ending.key, on_key_ends=told.append)
    new = owner.api_keys.rotate(ending.id, grace=3600)
    old.me.get()
    assert told == []

    make(new.key, on_key_ends=lambda _: pytest.fail("the new secret does not end")).me.get()
    old.me.get()

    under_way = owner.api_keys.get(ending.id).rotation
    assert under_way is not None
    assert told == [under_way.ends_at]


def test_a_download_and_a_client_of_other_patience_tell_too(make: Make, ending: CreatedAPIKey) -> None:
    project = make(ending.key).projects.create(name="To be downloaded")
    make(ending.key).files.create(project.id, "a.txt", "content")
    told: list[datetime] = []
    client = make(ending.key, on_key_ends=told.append)

    with client.files.download(project.id, "a.txt") as content:
        assert told == [ending.expires_at]
        assert content.read() == b"content"
    client.with_options(max_retries=0).me.get()

    assert told == [ending.expires_at]
    make(ending.key).projects.delete(project.id)


def test_a_key_that_does_not_end_soon_tells_nothing(make: Make, account: Account) -> None:
    make(account.key, on_key_ends=lambda _: pytest.fail("this key never ends")).me.get()


def test_what_the_callback_raises_is_logged_and_breaks_no_call(
    make: Make, account: Account, ending: CreatedAPIKey, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(ends_at: datetime) -> None:
        raise RuntimeError(f"no mail about {ends_at}")

    client = make(ending.key, on_key_ends=fail)

    with caplog.at_level(logging.ERROR, "craft_sdk"):
        assert client.me.get().email == client.me.get().email == account.email

    assert [record.getMessage() for record in caplog.records] == ["on_key_ends failed"]
    assert f"no mail about {ending.expires_at}" in caplog.text
    assert ending.key not in caplog.text


def test_the_asynchronous_client_waits_for_a_coroutine(
    craft: Craft, ending: CreatedAPIKey, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[datetime] = []

    async def tell(ends_at: datetime) -> None:
        await asyncio.sleep(0)
        told.append(ends_at)
        raise RuntimeError("told, then failed")

    async def call() -> None:
        async with AsyncCraftClient(ending.key, base_url=craft.url, on_key_ends=tell) as client:
            await client.me.get()
            assert told == [ending.expires_at]
            await asyncio.gather(*(client.me.get() for _ in range(4)))

    run(call())
    assert told == [ending.expires_at]
    assert "told, then failed" in caplog.text


def test_a_call_that_is_cancelled_while_it_tells_lets_go_of_its_connection(
    craft: Craft, ending: CreatedAPIKey, account: Account
) -> None:
    with CraftClient(ending.key, base_url=craft.url) as client:
        project = client.projects.create(name="To be cancelled")
        client.files.upload(project.id, "large.bin", bytes(2**22))

    async def call() -> str:
        begun = asyncio.Event()

        async def tell(_: datetime) -> None:
            begun.set()
            await asyncio.Event().wait()

        one = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
        options: dict[str, Any] = {"base_url": craft.url, "transport": one, "timeout": 10.0}
        async with AsyncCraftClient(ending.key, **options, on_key_ends=tell) as client:
            task = asyncio.ensure_future(client.files.download(project.id, "large.bin").__aenter__())
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await client.me.get()).email

    assert run(call()) == account.email


@pytest.mark.race
def test_threads_that_share_a_client_hear_once(craft: Craft, ending: CreatedAPIKey) -> None:
    told: list[datetime] = []
    together = Barrier(8)
    with CraftClient(ending.key, base_url=craft.url, on_key_ends=told.append) as client:

        def call(_: int) -> None:
            together.wait()
            client.me.get()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(call, range(8)))

    assert told == [ending.expires_at]


async def coroutine(_: datetime) -> None:
    """For nobody to wait for."""


@pytest.mark.parametrize(
    ("kind", "wrong"), [(CraftClient, "no"), (AsyncCraftClient, 5), (CraftClient, coroutine)]
)
def test_what_cannot_be_called_back_is_told_when_the_client_is_made(
    account: Account, kind: Any, wrong: Any
) -> None:
    with pytest.raises(ConfigurationError, match="on_key_ends must"):
        kind(account.key, on_key_ends=wrong)


@pytest.mark.parametrize(
    "text", ["soon", "2026-11-24", "2026-11-24T05:00:00", "", "1", "2026-13-01T00:00:00Z"]
)
def test_a_header_that_is_no_moment_is_passed_over(make: Make, account: Account, text: str) -> None:
    me = {"id": "user_1", "email": "a@example.com", "name": "A"}
    with hostile() as server:
        server.answer({"success": True, "data": me}, Craft_Key_Ends=text)
        client = make(account.key, base_url=server.url, on_key_ends=lambda _: pytest.fail("no moment"))
        assert client.me.get().name == "A"
