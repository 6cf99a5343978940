"""CraftOAuth of the Python SDK keeps tokens fresh by itself: one refresh for all, and none is lost."""

import asyncio
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from craft_sdk import AsyncCraftClient, CraftClient, MemoryStore, OAuthError, OAuthTokens, UnauthorizedError
from tests.sdk.blocking import run
from tests.sdk.python import AsyncRecordingStore, MakeOAuth, RecordingStore, async_oauth, connect, ending
from tests.sdk.server import App, Craft

pytestmark = pytest.mark.server
MANY = 20


class Counting(httpx.HTTPTransport):
    """Counts what an app asks Craft for."""

    count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return super().handle_request(request)


class AsyncCounting(httpx.AsyncHTTPTransport):
    """The same for asyncio."""

    count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return await super().handle_async_request(request)


def test_tokens_are_renewed_before_they_end(
    craft: Craft, make_oauth: MakeOAuth, app: App, tokens: OAuthTokens
) -> None:
    store = RecordingStore(ending(tokens, seconds=30))
    oauth = make_oauth(app, store=store)

    with CraftClient(auth=oauth, base_url=craft.url) as client:
        auth = client.auth.get()

    (renewed,) = store.saved
    assert renewed is not None
    assert renewed.refresh_token != tokens.refresh_token
    assert auth.scopes == ("read", "write")
    assert auth.expires_at is not None
    assert oauth.token() == renewed.access_token
    assert len(store.saved) == 1


def test_a_token_that_ends_while_a_list_is_read_is_renewed(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str, tokens: OAuthTokens
) -> None:
    craft.manage("seed", email, "--projects", "45")
    store = RecordingStore(tokens)

    with CraftClient(auth=make_oauth(app, store=store), base_url=craft.url) as client:
        every = client.projects.list().all()
        names = [project.name for project in itertools.islice(every, 20)]
        craft.expire_tokens(email)
        names += [project.name for project in every]

    assert len(set(names)) == 45
    assert len(store.saved) == 1


def test_an_upload_that_met_an_ended_token_is_repeated_from_its_begin(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str, tokens: OAuthTokens
) -> None:
    with CraftClient(auth=make_oauth(app, store=MemoryStore(tokens)), base_url=craft.url) as client:
        project = client.projects.create(name="For an upload")
        craft.expire_tokens(email)

        assert client.files.upload(project.id, "a.bin", bytes(100_000)).size == 100_000

        craft.expire_tokens(email)
        with pytest.raises(UnauthorizedError):  # an iterator has no begin to go back to
            client.files.upload(project.id, "b.bin", iter([b"1"]), size=1)


def test_many_threads_with_an_ended_token_make_one_refresh(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str, tokens: OAuthTokens
) -> None:
    store = RecordingStore(tokens)
    transport = Counting()
    oauth = make_oauth(app, store=store, transport=transport)
    oauth.token()
    craft.expire_tokens(email)

    with CraftClient(auth=oauth, base_url=craft.url) as client, ThreadPoolExecutor(MANY) as threads:
        found = list(threads.map(lambda _: client.me.get().email, range(MANY)))

    assert found == [email] * MANY
    assert transport.count == 1
    assert len(store.saved) == 1
    assert craft.count_refresh_tokens(email) == 2


@pytest.mark.parametrize("kind", [RecordingStore, AsyncRecordingStore])
def test_many_tasks_with_an_ended_token_make_one_refresh(
    craft: Craft, app: App, email: str, tokens: OAuthTokens, kind: type[Any]
) -> None:
    store = kind(tokens)
    transport = AsyncCounting()
    craft.expire_tokens(email)

    async def call_at_once() -> list[str]:
        async with (
            async_oauth(craft, app, store=store, transport=transport) as oauth,
            AsyncCraftClient(auth=oauth, base_url=craft.url) as client,
        ):
            people = await asyncio.gather(*(client.me.get() for _ in range(MANY)))
            return [person.email for person in people]

    assert run(call_at_once()) == [email] * MANY
    assert transport.count == 1
    assert len(store.saved) == 1
    assert craft.count_refresh_tokens(email) == 2


def test_a_cancelled_task_does_not_lose_the_tokens_for_which_it_asked(
    craft: Craft, app: App, tokens: OAuthTokens
) -> None:
    class SlowStore(AsyncRecordingStore):
        def __init__(self, tokens: OAuthTokens) -> None:
            super().__init__(tokens)
            self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

        async def load(self) -> OAuthTokens | None:
            self.is_asked.set()
            await self.may_answer.wait()
            return await super().load()

    async def cancel() -> OAuthTokens | None:
        store = SlowStore(ending(tokens, seconds=0))
        async with (
            async_oauth(craft, app, store=store) as oauth,
            AsyncCraftClient(auth=oauth, base_url=craft.url) as client,
        ):
            call = asyncio.create_task(client.me.get())
            await store.is_asked.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            store.may_answer.set()
        (renewed,) = store.saved
        return renewed

    renewed = run(cancel())
    assert renewed is not None
    assert craft.call("GET", "/v1/me", renewed.access_token)[0] == 200


def test_processes_that_share_a_store_take_each_other_s_tokens(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str, tokens: OAuthTokens
) -> None:
    store = RecordingStore(tokens)
    first, second = (make_oauth(app, store=store) for _ in range(2))
    second.token()
    craft.expire_tokens(email)

    renewed = first.renew(tokens.access_token)

    assert second.renew(tokens.access_token) == renewed
    assert len(store.saved) == 1


def test_a_refresh_token_that_is_dead_is_tried_once(
    craft: Craft, make_oauth: MakeOAuth, app: App, tokens: OAuthTokens
) -> None:
    make_oauth(app, store=MemoryStore(tokens)).revoke()
    transport = Counting()
    oauth = make_oauth(app, store=MemoryStore(ending(tokens, 0)), transport=transport)

    for _ in range(2):
        with pytest.raises(OAuthError) as info:
            oauth.token()
        assert info.value.code == "invalid_grant"

    assert transport.count == 1


def test_tokens_that_the_store_could_not_keep_are_handed_to_it_again(
    make_oauth: MakeOAuth, app: App, tokens: OAuthTokens
) -> None:
    class FailingStore(RecordingStore):
        is_failing = True

        def save(self, tokens: OAuthTokens | None) -> None:
            if self.is_failing:
                raise OSError("The disk is full")
            super().save(tokens)

    store = FailingStore(ending(tokens, 0))
    oauth = make_oauth(app, store=store)
    with pytest.raises(OSError, match="full"):
        oauth.token()
    store.is_failing = False

    renewed = oauth.token()

    assert [each and each.access_token for each in store.saved] == [renewed]


def test_an_access_token_alone_is_not_renewed(craft: Craft, email: str, tokens: OAuthTokens) -> None:
    with CraftClient(access_token=tokens.access_token, base_url=craft.url) as client:
        assert client.me.get().email == email
        craft.expire_tokens(email)
        with pytest.raises(UnauthorizedError):
            client.me.get()


def test_who_spent_the_token_a_moment_ago_may_still_be_saving(
    make_oauth: MakeOAuth, app: App, tokens: OAuthTokens
) -> None:
    class SlowStore(RecordingStore):
        def save(self, tokens: OAuthTokens | None) -> None:
            is_spent.set()
            time.sleep(0.1)  # the other one is refused meanwhile, and finds nothing saved yet
            super().save(tokens)

    is_spent = threading.Event()
    store = SlowStore(ending(tokens, 0))
    first, second = (make_oauth(app, store=store) for _ in range(2))
    assert second._memory.tokens is None

    with ThreadPoolExecutor(1) as thread:
        renewed = thread.submit(first.token)
        is_spent.wait(30)

        assert second.token() == renewed.result()
    assert len(store.saved) == 1


@pytest.mark.parametrize("kind", ["threads", "asyncio"])
def test_revoking_ends_what_another_process_has_stored_meanwhile(
    craft: Craft, make_oauth: MakeOAuth, app: App, email: str, tokens: OAuthTokens, kind: str
) -> None:
    store = RecordingStore(tokens)

    async def revoke_late() -> None:
        async with async_oauth(craft, app, store=store) as oauth:
            await oauth.token()
            store.save(newer)
            await oauth.revoke()

    oauth = make_oauth(app, store=store)
    oauth.token()
    newer = connect(craft, email, app, scope="read write delete")
    if kind == "asyncio":
        run(revoke_late())
    else:
        store.save(newer)
        oauth.revoke()

    assert store.load() is None
    assert craft.call("GET", "/v1/me", newer.access_token)[0] == 401
    assert craft.call("GET", "/v1/me", tokens.access_token)[0] == 401


def test_a_renewal_that_begins_while_all_is_revoked_brings_nothing_back(
    craft: Craft, app: App, tokens: OAuthTokens
) -> None:
    class SlowStore(AsyncRecordingStore):
        async def save(self, tokens: OAuthTokens | None) -> None:
            if tokens is None:
                renewals.append(asyncio.create_task(oauth.renew(first)))
                await asyncio.sleep(0.2)
            await super().save(tokens)

    store = SlowStore(tokens)
    first = tokens.access_token
    renewals: list[asyncio.Task[str]] = []
    oauth: Any = None

    async def revoke() -> None:
        nonlocal oauth
        async with async_oauth(craft, app, store=store) as oauth:
            await oauth.token()
            await oauth.revoke()
            with pytest.raises(OAuthError) as info:
                await renewals[0]
            assert info.value.code == "no_tokens"

    run(revoke())

    assert store.tokens is None
    assert store.saved == [None]
