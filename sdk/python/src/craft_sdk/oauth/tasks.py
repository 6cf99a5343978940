"""`AsyncCraftOAuth`, for asyncio: thin around the rules beside it."""

import asyncio
import inspect
from collections.abc import Awaitable, Iterable, Mapping
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._settings import Settings, web_address
from craft_sdk._transport import AsyncTransport
from craft_sdk.errors import OAuthError
from craft_sdk.oauth.app import App, Authorization
from craft_sdk.oauth.renewal import Memory, Pause, Refresh, Save, renewal, to_revoke
from craft_sdk.oauth.tokens import AsyncTokenStore, MemoryStore, Tokens, TokenStore


class AsyncCraftOAuth:
    """The same for asyncio: `AsyncCraftClient(auth=…)` takes it, and many tasks may share it.

    `store` may be asynchronous or not. Cancelling a task that waits for new tokens does not stop the
    renewal: the old refresh token is spent, so what comes for it must reach the store.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        redirect_uri: str,
        store: TokenStore | AsyncTokenStore | None = None,
        web_url: str | None = None,
        base_url: str | None = None,
        timeout: float | None = 60.0,
        max_retries: int = 2,
        max_retry_wait: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._app = App.of(client_id, client_secret, redirect_uri, web_address(web_url, settings))
        self._transport = AsyncTransport(settings, None, transport)
        self._store: TokenStore | AsyncTokenStore = MemoryStore() if store is None else store
        self._memory = Memory()
        self._running: asyncio.Task[Tokens] | None = None  # the one renewal in flight
        self._lock = asyncio.Lock()  # held by whoever changes the tokens

    def authorize_url(self, *, scope: str | Iterable[str] = "read") -> Authorization:
        """As in CraftOAuth."""
        return self._app.authorize(scope)

    async def callback(self, url: str, kept: Mapping[str, str]) -> Tokens:
        """As in CraftOAuth. Raises OAuthError, CraftError."""
        tokens = await self._transport.run(self._app.exchange(url, kept))
        async with self._lock:
            self._memory.tokens, self._memory.is_saved = tokens, False
            await _awaited(self._store.save(tokens))
            self._memory.is_saved = True
        return tokens

    async def token(self) -> str:
        """An access token that is good for a while, renewed if need be. Raises OAuthError, CraftError."""
        return await self._renewed(None)

    async def renew(self, refused: str) -> str:
        """Another access token than the one that was refused. Raises OAuthError, CraftError."""
        return await self._renewed(refused)

    async def revoke(self) -> None:
        """End the app's access for this person, and let the store forget it. Raises CraftError."""
        async with self._lock:
            held = to_revoke(self._memory, await _awaited(self._store.load()))
            for tokens in held:
                await self._transport.run(self._app.revoke(tokens))
            self._memory.tokens, self._memory.is_saved = None, True
            if held:
                await _awaited(self._store.save(None))

    async def close(self) -> None:
        """Close the connections, once a renewal in flight is over."""
        if self._running is not None:
            await asyncio.wait([self._running])
        await self._transport.close()

    async def __aenter__(self) -> "AsyncCraftOAuth":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncCraftOAuth of {self._app.client_id}>"

    async def _renewed(self, refused: str | None) -> str:
        tokens = self._memory.good(refused)
        is_own = False
        while tokens is None or (tokens.access_token == refused and not is_own):
            # Somebody else's renewal, which this one joins, may not know of the refusal.
            running = self._running
            is_own = running is None or running.done()
            if running is None or is_own:
                running = self._running = asyncio.create_task(self._renewal(refused))
                running.add_done_callback(_retrieve)
            tokens = await asyncio.shield(running)
        return tokens.access_token

    async def _renewal(self, refused: str | None) -> Tokens:
        async with self._lock:
            steps = renewal(self._memory, refused)
            result: Any = None
            while True:
                try:
                    step = steps.send(result)
                except StopIteration as end:
                    tokens: Tokens = end.value
                    return tokens
                result = await self._carry_out(step)

    async def _carry_out(self, step: object) -> Tokens | OAuthError | None:
        if isinstance(step, Refresh):
            try:
                return await self._transport.run(self._app.refresh(step.tokens))
            except OAuthError as error:
                return error
        if isinstance(step, Save):
            await _awaited(self._store.save(step.tokens))
            return None
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        loaded: Tokens | None = await _awaited(self._store.load())
        return loaded


async def _awaited(value: Any | Awaitable[Any]) -> Any:
    """What a store gives, be it asynchronous or not."""
    return await value if inspect.isawaitable(value) else value


def _retrieve(task: asyncio.Task[Tokens]) -> None:
    """Look at the error of a renewal that nobody waits for any more, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()
