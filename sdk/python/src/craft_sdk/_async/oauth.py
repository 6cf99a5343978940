"""`AsyncCraftOAuth`: a person's tokens, kept fresh by one renewal at a time."""

from collections.abc import Iterable, Mapping
from types import TracebackType

import httpx

from craft_sdk._async.transport import AsyncTransport
from craft_sdk._oauth_app import App, Authorization
from craft_sdk._oauth_tokens import AsyncStore, Memory, MemoryStore, OAuthTokens
from craft_sdk._settings import Settings, web_address
from craft_sdk._waiting import AsyncFinishing, AsyncWaiting
from craft_sdk.errors import OAuthError

PAUSES = (0.0, 0.25, 1.0)  # seconds, while another process may be saving what it got


class AsyncCraftOAuth:
    """One person's access for an app: `AsyncCraftClient(auth=…)` takes it.

    One may be shared by many tasks of one event loop. Cancelling a task does not stop a renewal: the old
    refresh token is spent, so what comes for it must reach the store.

    Args:
        client_id: `app_…`.
        client_secret: `craft_ocs_…`; None for a public app, which PKCE alone identifies.
        redirect_uri: one that the app has registered, character by character.
        store: keeps this person's tokens; default the process's memory. With asyncio it may be asynchronous.
        web_url: Craft's web address, which is also the issuer; default CRAFT_WEB_URL, else
            https://craft.fast; to be given with another base_url.
        base_url, timeout, max_retries, max_retry_wait, transport: as in AsyncCraftClient.

    Raises:
        ConfigurationError: something is missing or malformed.
    """

    is_async = AsyncWaiting.is_async

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        redirect_uri: str,
        store: AsyncStore | None = None,
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
        self._store: AsyncStore = MemoryStore() if store is None else store
        self._memory = Memory()
        self._lock = AsyncWaiting.Lock()  # held by whoever changes the tokens
        self._renewals = AsyncFinishing()

    def authorize_url(self, *, scope: str | Iterable[str] = "read") -> Authorization:
        """Where to send the person's browser (`url`), and what to keep until it is back (`kept`).

        `scope`: names separated by spaces, or a list of them: of read, write, delete and admin.
        """
        return self._app.authorize(scope)

    async def callback(self, url: str, kept: Mapping[str, str]) -> OAuthTokens:
        """Take the address that the browser came back to: check it, get the tokens, store them.

        Raises OAuthError: the person said no (`access_denied`), the answer is not to this request
        (`state_mismatch`, `issuer_mismatch`), the code is no good (`invalid_grant`); CraftError.
        """
        tokens = await self._transport.run(self._app.exchange(url, kept))
        async with self._lock:
            self._memory.take(tokens)
            return await self._saved(tokens)

    async def token(self) -> str:
        """An access token that is good for a while, renewed if need be. Raises OAuthError, CraftError."""
        return await self._good(None)

    async def renew(self, refused: str) -> str:
        """Another access token than the one that was refused. Raises OAuthError, CraftError."""
        return await self._good(refused)

    async def revoke(self) -> None:
        """End the app's access for this person, and let the store forget it. Raises CraftError."""
        async with self._lock:
            stored = await AsyncWaiting.given(self._store.load())
            held = self._memory.to_revoke(stored)
            for tokens in held:
                await self._transport.run(self._app.revoke(tokens))
            self._memory.tokens, self._memory.is_saved = None, True
            if held:
                await AsyncWaiting.given(self._store.save(None))

    async def close(self) -> None:
        """Close the connections, once a renewal in flight is over."""
        await self._renewals.wait()
        await self._transport.close()

    async def __aenter__(self) -> "AsyncCraftOAuth":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncCraftOAuth of {self._app.client_id}>"

    async def _good(self, refused: str | None) -> str:
        tokens = self._memory.good(refused)
        if tokens is None:
            tokens = await self._renewals.run(self._renewed(refused))
        return tokens.access_token

    async def _renewed(self, refused: str | None) -> OAuthTokens:
        async with self._lock:  # who waited here finds what the one before got
            tokens = self._memory.tokens
            if tokens is None or not tokens.is_good(refused):
                tokens = await self._stored(refused) or await self._refreshed(refused)
            return await self._saved(tokens)

    async def _stored(self, refused: str | None) -> OAuthTokens | None:
        """What another process with the same store has renewed, if it is good."""
        if self._memory.is_saved:
            stored = await AsyncWaiting.given(self._store.load())
            self._memory.tokens = stored or self._memory.tokens
        return self._memory.good(refused)

    async def _refreshed(self, refused: str | None) -> OAuthTokens:
        """New tokens for the old ones. Raises OAuthError."""
        old = self._memory.refreshable()
        try:
            fresh = await self._transport.run(self._app.refresh(old))
        except OAuthError as error:
            if error.code != "invalid_grant":
                raise
            for seconds in PAUSES:  # another process may have spent the same refresh token a moment ago
                await AsyncWaiting.sleep(seconds)
                faster = await self._stored(refused)
                if faster:
                    return faster
            self._memory.dead, self._memory.reason = old.refresh_token, error.message
            raise
        self._memory.take(fresh)
        return fresh

    async def _saved(self, tokens: OAuthTokens) -> OAuthTokens:
        """The tokens, once the store has them: they are new, or it failed the last time."""
        if not self._memory.is_saved:
            await AsyncWaiting.given(self._store.save(tokens))
            self._memory.is_saved = True
        return tokens
