"""A call as httpx's request, and httpx's error as one of this SDK."""

import logging
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx

from craft_sdk._calls import Call
from craft_sdk._settings import Settings, Token
from craft_sdk._version import __version__
from craft_sdk.errors import APIConnectionError, APITimeoutError, ConfigurationError

USER_AGENT = f"craft-sdk-python/{__version__} httpx/{httpx.__version__}"
log = logging.getLogger("craft_sdk")


def request_of(call: Call[Any], token: Token | None, settings: Settings) -> dict[str, Any]:
    """Arguments of httpx's build_request, but for the content. Raises ConfigurationError."""
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **call.headers}
    if token is not None:
        if not re.fullmatch("[!-~]+", str(token.value)):  # the error of httpx would hold it
            raise ConfigurationError("The token source gave no token that a header can hold.")
        headers["Authorization"] = f"Bearer {token.value}"
    if call.body is not None:
        headers["Content-Length"] = str(call.body.size)  # without it the body would go chunked (411)
    return {
        "method": call.method,
        "url": settings.base_url + call.path,
        "params": call.params or None,
        "headers": headers,
        "timeout": settings.timeout,
    }


def lost(error: Exception, call: Call[Any], base_url: str) -> APIConnectionError:
    """The error for a call that httpx could not bring to an answer.

    It has no cause: httpx's own error and its frames hold the request, and with it the credential.
    """
    host = urlsplit(base_url).netloc  # which holds no credential, by check_address
    name = type(error).__name__
    log.debug("%s %s: %s", call.method, call.path, name)
    if isinstance(error, httpx.TimeoutException):
        return APITimeoutError(
            f"There was no answer in time ({name}) to {call.method} {call.path} on {host}."
        )
    if isinstance(error, (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeEncodeError)):
        # Its text may repeat a header, and with it the credential.
        return APIConnectionError(f"{call.method} {call.path} cannot be sent: a value in it is malformed.")
    reason = str(error) or name
    return APIConnectionError(f"There was no answer to {call.method} {call.path} on {host}: {reason}")


def no_cookies() -> CookieJar:
    """A jar that stays empty: the credential is the only thing that tells who calls."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))
