"""Carries calls out over httpx: one transport for threads, one for asyncio, both thin."""

import asyncio
import logging
import re
import time
from copy import copy
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from craft_sdk._answers import Reply
from craft_sdk._bodies import aheld_back, held_back
from craft_sdk._calls import Call
from craft_sdk._conversation import Renew, Send, Wait, conversation
from craft_sdk._key_ends import KeyEnds, OnKeyEnds
from craft_sdk._settings import AsyncTokenSource, FixedToken, Settings, TokenSource
from craft_sdk._version import __version__
from craft_sdk.errors import APIConnectionError, APITimeoutError, ConfigurationError

T = TypeVar("T")
B = TypeVar("B", bound="_Base")
log = logging.getLogger("craft_sdk")

PATIENCE = 5.0  # seconds: a server that is silent for so long has nothing against a call
USER_AGENT = f"craft-sdk-python/{__version__} httpx/{httpx.__version__}"


class _Base:
    """What both have: settings, a credential, and how a call becomes httpx's request."""

    def __init__(self, settings: Settings, fixed: FixedToken | None, key_ends: KeyEnds) -> None:
        self.settings = settings
        self._fixed = fixed
        self._key_ends = key_ends

    def with_settings(self: B, settings: Settings) -> B:
        """The same connections and credential, used with other settings."""
        other = copy(self)
        other.settings = settings
        return other

    def _request(self, call: Call[Any], step: Send, content: Any) -> dict[str, Any]:
        """Arguments of httpx's build_request."""
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **call.headers}
        timeout = self.settings.timeout
        if step.token is not None:
            if not re.fullmatch("[!-~]+", str(step.token)):  # the error of httpx would hold it
                raise ConfigurationError("The token source gave no token that a header can hold.")
            headers["Authorization"] = f"Bearer {step.token}"
        if call.body is not None or step.is_held_back:
            headers["Content-Length"] = str(call.size)  # without it the body would go chunked (411)
        if step.is_held_back:
            timeout = min(PATIENCE, PATIENCE if timeout is None else timeout)
        return {
            "method": call.method,
            "url": self.settings.base_url + call.path,
            "params": call.params or None,
            "headers": headers,
            "content": content,
            "timeout": timeout,
        }


class Transport(_Base):
    """For threads: one may be shared by many."""

    def __init__(
        self,
        settings: Settings,
        credential: FixedToken | TokenSource | None,
        transport: httpx.BaseTransport | None = None,
        on_key_ends: OnKeyEnds | None = None,
    ) -> None:
        fixed = credential if isinstance(credential, FixedToken) else None
        super().__init__(settings, fixed, KeyEnds(on_key_ends, may_wait=False))
        self._source = None if isinstance(credential, FixedToken) else credential
        self._http = httpx.Client(timeout=settings.timeout, transport=transport, cookies=_no_cookies())

    def run(self, call: Call[T]) -> T:
        """The result of a call. Raises CraftError."""
        return call.read(self.talk(call))

    def talk(self, call: Call[Any], *, is_stream: bool = False) -> Reply:
        """The answer to a call, good or bad; a good one may be left open to be read bit by bit."""
        steps = conversation(call, self.settings, self._fixed)
        result: Any = None
        while True:
            try:
                step = steps.send(result)
            except StopIteration as end:
                reply: Reply = end.value
                return reply
            result = self._carry_out(step, call, is_stream)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _carry_out(self, step: object, call: Call[Any], is_stream: bool) -> Any:
        if isinstance(step, Send):
            return self._send(call, step, is_stream)
        if isinstance(step, Wait):
            return time.sleep(step.seconds)
        assert self._source is not None  # noqa: S101  who else would have asked
        return self._source.renew(step.refused) if isinstance(step, Renew) else self._source.token()

    def _send(self, call: Call[Any], step: Send, is_stream: bool) -> Reply | APIConnectionError:
        content: Any = call.content if call.body is None else call.body.chunks()
        if step.is_held_back:
            content = held_back()
        try:
            request = self._http.build_request(**self._request(call, step, content))
            response = self._http.send(request, stream=True)
            if not (is_stream and response.is_success):
                try:
                    response.read()
                finally:
                    response.close()
        except (httpx.RequestError, httpx.InvalidURL, UnicodeEncodeError) as error:
            return lost(error, call, self.settings.base_url)
        reply = received(response, call, is_stream=is_stream)
        self._key_ends.tell(reply.headers)
        return reply


class AsyncTransport(_Base):
    """For asyncio: one may be shared by many tasks of one event loop."""

    def __init__(
        self,
        settings: Settings,
        credential: FixedToken | AsyncTokenSource | None,
        transport: httpx.AsyncBaseTransport | None = None,
        on_key_ends: OnKeyEnds | None = None,
    ) -> None:
        fixed = credential if isinstance(credential, FixedToken) else None
        super().__init__(settings, fixed, KeyEnds(on_key_ends, may_wait=True))
        self._source = None if isinstance(credential, FixedToken) else credential
        self._http = httpx.AsyncClient(timeout=settings.timeout, transport=transport, cookies=_no_cookies())

    async def run(self, call: Call[T]) -> T:
        """The result of a call. Raises CraftError."""
        return call.read(await self.talk(call))

    async def talk(self, call: Call[Any], *, is_stream: bool = False) -> Reply:
        """The answer to a call, good or bad; a good one may be left open to be read bit by bit."""
        steps = conversation(call, self.settings, self._fixed)
        result: Any = None
        while True:
            try:
                step = steps.send(result)
            except StopIteration as end:
                reply: Reply = end.value
                return reply
            result = await self._carry_out(step, call, is_stream)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _carry_out(self, step: object, call: Call[Any], is_stream: bool) -> Any:
        if isinstance(step, Send):
            return await self._send(call, step, is_stream)
        if isinstance(step, Wait):
            return await asyncio.sleep(step.seconds)
        assert self._source is not None  # noqa: S101  who else would have asked
        return await (self._source.renew(step.refused) if isinstance(step, Renew) else self._source.token())

    async def _send(self, call: Call[Any], step: Send, is_stream: bool) -> Reply | APIConnectionError:
        content: Any = call.content if call.body is None else call.body.achunks()
        if step.is_held_back:
            content = aheld_back()
        try:
            request = self._http.build_request(**self._request(call, step, content))
            response = await self._http.send(request, stream=True)
            if not (is_stream and response.is_success):
                try:
                    await response.aread()
                finally:
                    await response.aclose()
        except (httpx.RequestError, httpx.InvalidURL, UnicodeEncodeError) as error:
            return lost(error, call, self.settings.base_url)
        reply = received(response, call, is_stream=is_stream)
        try:
            await self._key_ends.atell(reply.headers)
        except BaseException:  # cancelled while it waits: nobody will read the rest of the answer
            await response.aclose()
            raise
        return reply


def received(response: httpx.Response, call: Call[Any], *, is_stream: bool) -> Reply:
    """The response of httpx as a value."""
    log.debug(
        "%s %s: %s, request %s",
        call.method,
        call.path,
        response.status_code,
        response.headers.get("X-Request-ID"),
    )
    if is_stream and response.is_success:
        return Reply(response.status_code, response.headers, stream=response)
    return Reply(response.status_code, response.headers, response.content)


def lost(error: Exception, call: Call[Any], base_url: str) -> APIConnectionError:
    """The error for a call that httpx could not bring to an answer."""
    host = urlsplit(base_url).netloc  # which holds no credential, by check_address
    log.debug("%s %s: %s", call.method, call.path, type(error).__name__)
    if isinstance(error, httpx.TimeoutException):
        made: APIConnectionError = APITimeoutError(
            f"There was no answer in time ({type(error).__name__}) to {call.method} {call.path} on {host}."
        )
    elif isinstance(error, (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeEncodeError)):
        # Its text may repeat a header, and with it the credential.
        return APIConnectionError(f"{call.method} {call.path} cannot be sent: a value in it is malformed.")
    else:
        reason = str(error) or type(error).__name__
        made = APIConnectionError(f"There was no answer to {call.method} {call.path} on {host}: {reason}")
    made.__cause__ = bare(error, call)
    return made


def broken(error: Exception, call: Call[Any], received: int, size: int) -> APIConnectionError:
    """The error for an answer that httpx could not bring to its end."""
    kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
    return kind(
        f"The connection broke off after {received} of {size} bytes of {call.method} {call.path} "
        f"({type(error).__name__})."
    )


def bare(error: Exception, call: Call[Any]) -> Exception:
    """An error without what it holds of the request: error trackers record frames and attributes."""
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request(call.method, "https://redacted.invalid")
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def _no_cookies() -> CookieJar:
    """A jar that stays empty: the credential is the only thing that tells who calls."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))
