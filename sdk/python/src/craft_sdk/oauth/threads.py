"""`CraftOAuth`, for threads: thin around the rules beside it."""

import threading
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._settings import Settings, web_address
from craft_sdk._transport import Transport
from craft_sdk.errors import OAuthError
from craft_sdk.oauth.app import App, Authorization
from craft_sdk.oauth.renewal import Memory, Pause, Refresh, Save, renewal, to_revoke
from craft_sdk.oauth.tokens import MemoryStore, Tokens, TokenStore


class CraftOAuth:
    """One person's access for an app: `CraftClient(auth=…)` takes it, and many threads may share it.

    Args:
        client_id: `app_…`.
        client_secret: `craft_ocs_…`; None for a public app, which PKCE alone identifies.
        redirect_uri: one that the app has registered, character by character.
        store: keeps this person's tokens; default the process's memory.
        web_url: Craft's web address, which is also the issuer; default CRAFT_WEB_URL, else
            https://craft.fast; to be given with another base_url.
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
        web_url: str | None = None,
        base_url: str | None = None,
        timeout: float | None = 60.0,
        max_retries: int = 2,
        max_retry_wait: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._app = App.of(client_id, client_secret, redirect_uri, web_address(web_url, settings))
        self._transport = Transport(settings, None, transport)
        self._store: TokenStore = MemoryStore() if store is None else store
        self._memory = Memory()
        self._lock = threading.Lock()  # held by the one who renews

    def authorize_url(self, *, scope: str | Iterable[str] = "read") -> Authorization:
        """Where to send the person's browser (`url`), and what to keep until it is back (`kept`).

        `scope`: names separated by spaces, or a list of them: of read, write, delete and admin.
        """
        return self._app.authorize(scope)

    def callback(self, url: str, kept: Mapping[str, str]) -> Tokens:
        """Take the address that the browser came back to: check it, get the tokens, store them.

        Raises OAuthError: the person said no (`access_denied`), the answer is not to this request
        (`state_mismatch`, `issuer_mismatch`), the code is no good (`invalid_grant`); CraftError.
        """
        tokens = self._transport.run(self._app.exchange(url, kept))
        with self._lock:
            self._memory.tokens, self._memory.is_saved = tokens, False
            self._store.save(tokens)
            self._memory.is_saved = True
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
            held = to_revoke(self._memory, self._store.load())
            for tokens in held:
                self._transport.run(self._app.revoke(tokens))
            self._memory.tokens, self._memory.is_saved = None, True
            if held:
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
        tokens = self._memory.good(refused)
        if tokens is not None:
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
        if isinstance(step, Pause):
            time.sleep(step.seconds)  # with the lock: who waits for it wants the outcome, not another try
            return None
        return self._store.load()
