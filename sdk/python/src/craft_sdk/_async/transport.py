"""Carries calls out over httpx: with which token, how often, and what after a 401."""

import logging
from copy import copy
from typing import Any, TypeVar

import httpx

from craft_sdk._answers import request_id
from craft_sdk._calls import Call
from craft_sdk._http import lost, no_cookies, request_of
from craft_sdk._key_ends import KeyEnds, OnKeyEnds
from craft_sdk._retry import wait_after
from craft_sdk._settings import AsyncTokenSource, Settings, Token
from craft_sdk._waiting import AsyncWaiting
from craft_sdk.errors import APIConnectionError

T = TypeVar("T")
log = logging.getLogger("craft_sdk")


class AsyncTransport:
    """One may be shared by many tasks of one event loop."""

    def __init__(
        self,
        settings: Settings,
        credential: Token | AsyncTokenSource | None,
        transport: httpx.AsyncBaseTransport | None = None,
        on_key_ends: OnKeyEnds | None = None,
    ) -> None:
        self.settings = settings
        self._credential = credential
        self._key_ends = KeyEnds(on_key_ends, may_wait=AsyncWaiting.is_async)
        self._http = httpx.AsyncClient(timeout=settings.timeout, transport=transport, cookies=no_cookies())

    def with_settings(self, settings: Settings) -> "AsyncTransport":
        """The same connections and credential, used with other settings."""
        other = copy(self)
        other.settings = settings
        return other

    async def run(self, call: Call[T]) -> T:
        """The result of a call. Raises CraftError."""
        return call.read(await self.talk(call))

    async def talk(self, call: Call[Any], *, is_stream: bool = False) -> httpx.Response:
        """The answer to a call, good or bad; a good one may be left open to be read bit by bit."""
        tries = 0
        refused: Token | None = None
        while True:
            token = await self._token(call, refused)
            outcome = await self._send(call, token, is_stream)
            if refused is None and self._may_renew(outcome, call):
                refused = token
                continue
            wait = wait_after(outcome, call, tries, self.settings)
            if wait is not None:
                tries += 1
                await AsyncWaiting.sleep(wait)
            elif isinstance(outcome, httpx.Response):
                return outcome
            else:
                raise outcome

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _token(self, call: Call[Any], refused: Token | None) -> Token | None:
        credential = self._credential
        if not call.is_authenticated or credential is None:
            return None
        if isinstance(credential, Token):
            return credential
        value = await credential.token() if refused is None else await credential.renew(refused.value)
        return Token(value)

    def _may_renew(self, outcome: httpx.Response | APIConnectionError, call: Call[Any]) -> bool:
        is_refused = isinstance(outcome, httpx.Response) and outcome.status_code == 401
        is_ours = call.is_authenticated and not isinstance(self._credential, Token)
        return is_refused and is_ours and call.can_repeat

    async def _send(
        self, call: Call[Any], token: Token | None, is_stream: bool
    ) -> httpx.Response | APIConnectionError:
        content = call.content if call.body is None else call.body.achunks()
        try:
            request = self._http.build_request(content=content, **request_of(call, token, self.settings))
            response = await self._http.send(request, stream=is_stream)
            if is_stream and not response.is_success:
                await response.aread()
        except (httpx.RequestError, httpx.InvalidURL, UnicodeEncodeError) as error:
            return lost(error, call, self.settings.base_url)
        told = (call.method, call.path, response.status_code, request_id(response))
        log.debug("%s %s: %s, request %s", *told)
        try:
            await self._tell(response.headers)
        except BaseException:  # cancelled while it waits: nobody will read the rest of the answer
            await response.aclose()
            raise
        return response

    async def _tell(self, headers: httpx.Headers) -> None:
        ends_at = self._key_ends.news(headers)
        if ends_at is None:
            return
        try:
            await AsyncWaiting.given(self._key_ends.call(ends_at))
        except Exception:
            log.exception("on_key_ends failed")
