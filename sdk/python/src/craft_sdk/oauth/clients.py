"""`CraftOAuth` for threads and `AsyncCraftOAuth` for asyncio: thin around the rules beside them."""

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Mapping
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._settings import DEFAULT_WEB_URL, Settings
from craft_sdk._transport import AsyncTransport, Transport
from craft_sdk.errors import OAuthError
from craft_sdk.oauth.app import App, Authorization
from craft_sdk.oauth.renewal import Memory, Refresh, Save, renewal
from craft_sdk.oauth.tokens import AsyncTokenStore, MemoryStore, Tokens, TokenStore


class CraftOAuth:
    """One person's access for an app: `CraftClient(auth=…)` takes it, and many threads may share it.

    Args:
        client_id: `app_…`.
        client_secret: `craft_ocs_…`; None for a public app, which PKCE alone identifies.
        redirect_uri: one that the app has registered, character by character.
        store: keeps this person's tokens; default the process's memory.
        web_url: Craft's web address, which is also the issuer; default https://craft.fast.
        base_url, timeout, max_retries, max_retry_wait, transport: as in CraftClient.

    Raises:
        ConfigurationError: something is missing or malformed.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        redirect_uri: str,
        store: TokenStore | None = None,
        web_url: str = DEFAULT_WEB_URL,
        base_url: str | None = None,
        timeout: float | None = 30.0,
        max_retries: int = 2,
        max_retry_wait: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._app = App.of(client_id, client_secret, redirect_uri, web_url)
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._transport = Transport(settings, None, transport)
        self._store: TokenStore = MemoryStore() if store is None else store
        self._memory = Memory()
        self._lock = threading.Lock()  # held by the one who renews

    def authorize_url(self, *, scope: str = "read") -> Authorization:
        """Where to send the person's browser (`url`), and what to keep until it is back (`kept`).

        `scope`: names separated by spaces, of read, write, delete and admin.
        """
        return self._app.authorize(scope)

    def callback(self, url: str, kept: Mapping[str, str]) -> Tokens:
        """Take the address that the browser came back to: check it, get the tokens, store them.

        Raises OAuthError: the person said no (`access_denied`), the answer is not to this request
        (`state_mismatch`, `issuer_mismatch`), the code is no good (`invalid_grant`); CraftError.
        """
        tokens = self._transport.run(self._app.exchange(url, kept))
        with self._lock:
            self._memory.tokens = tokens
            self._store.save(tokens)
        return tokens

    def token(self) -> str:
        """An access token that is good for a while, renewed if need be. Raises OAuthError, CraftError."""
        return self._renewed(None)

    def renew(self, refused: str) -> str:
        """Another access token than the one that was refused. Raises OAuthError, CraftError."""
        return self._renewed(refused)

    def revoke(self) -> None:
        """End the app's access for this person, and let the store forget it. Raises CraftError."""
        with self._lock:
            tokens = self._store.load() or self._memory.tokens
            if tokens is not None:
                self._transport.run(self._app.revoke(tokens))
                self._memory.tokens = None
                self._store.save(None)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> "CraftOAuth":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<CraftOAuth of {self._app.client_id}>"

    def _renewed(self, refused: str | None) -> str:
        tokens = self._memory.tokens
        if tokens is not None and tokens.is_good(refused):
            return tokens.access_token
        with self._lock:
            steps = renewal(self._memory, refused)
            result: Any = None
            while True:
                try:
                    step = steps.send(result)
                except StopIteration as end:
                    access_token: str = end.value.access_token
                    return access_token
                result = self._carry_out(step)

    def _carry_out(self, step: object) -> Tokens | OAuthError | None:
        if isinstance(step, Refresh):
            try:
                return self._transport.run(self._app.refresh(step.tokens))
            except OAuthError as error:
                return error
        if isinstance(step, Save):
            self._store.save(step.tokens)
            return None
        return self._store.load()


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
        web_url: str = DEFAULT_WEB_URL,
        base_url: str | None = None,
        timeout: float | None = 30.0,
        max_retries: int = 2,
        max_retry_wait: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._app = App.of(client_id, client_secret, redirect_uri, web_url)
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._transport = AsyncTransport(settings, None, transport)
        self._store: TokenStore | AsyncTokenStore = MemoryStore() if store is None else store
        self._memory = Memory()
        self._running: asyncio.Task[Tokens] | None = None  # the one renewal in flight

    def authorize_url(self, *, scope: str = "read") -> Authorization:
        """As in CraftOAuth."""
        return self._app.authorize(scope)

    async def callback(self, url: str, kept: Mapping[str, str]) -> Tokens:
        """As in CraftOAuth. Raises OAuthError, CraftError."""
        tokens = await self._transport.run(self._app.exchange(url, kept))
        self._memory.tokens = tokens
        await _awaited(self._store.save(tokens))
        return tokens

    async def token(self) -> str:
        """An access token that is good for a while, renewed if need be. Raises OAuthError, CraftError."""
        return await self._renewed(None)

    async def renew(self, refused: str) -> str:
        """Another access token than the one that was refused. Raises OAuthError, CraftError."""
        return await self._renewed(refused)

    async def revoke(self) -> None:
        """End the app's access for this person, and let the store forget it. Raises CraftError."""
        await self._settled()
        tokens = await _awaited(self._store.load()) or self._memory.tokens
        if tokens is not None:
            await self._transport.run(self._app.revoke(tokens))
            self._memory.tokens = None
            await _awaited(self._store.save(None))

    async def close(self) -> None:
        """Close the connections, once a renewal in flight is over."""
        await self._settled()
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
        tokens = self._memory.tokens
        while tokens is None or not tokens.is_good(refused):
            if self._running is None or self._running.done():
                self._running = asyncio.create_task(self._renewal(refused))
                self._running.add_done_callback(_retrieve)
            tokens = await asyncio.shield(self._running)
        return tokens.access_token

    async def _renewal(self, refused: str | None) -> Tokens:
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
        loaded: Tokens | None = await _awaited(self._store.load())
        return loaded

    async def _settled(self) -> None:
        if self._running is not None:
            await asyncio.wait([self._running])


async def _awaited(value: Any | Awaitable[Any]) -> Any:
    """What a store gives, be it asynchronous or not."""
    return await value if inspect.isawaitable(value) else value


def _retrieve(task: asyncio.Task[Tokens]) -> None:
    """Look at the error of a renewal that nobody waits for any more, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()
