"""What a client is given, checked and complete: where to call, with what, and how patiently."""

import inspect
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from types import UnionType
from typing import Any, Protocol
from urllib.parse import urlsplit

from craft_sdk._tokens import check_token
from craft_sdk.errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.craft.fast"
DEFAULT_WEB_URL = "https://craft.fast"


class TokenSource(Protocol):
    """Gives access tokens and renews them; `CraftOAuth` is one."""

    def token(self) -> str:
        """A token that is good for a while."""

    def renew(self, refused: str) -> str:
        """Another token than the one that was just refused (401)."""


class AsyncTokenSource(Protocol):
    """The same for asyncio; `AsyncCraftOAuth` is one."""

    async def token(self) -> str:
        """A token that is good for a while."""

    async def renew(self, refused: str) -> str:
        """Another token than the one that was just refused (401)."""


@dataclass(frozen=True)
class Token:
    """An API key or an access token, which no `repr` shows."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """`timeout`: seconds of silence, None for no limit. `max_retry_wait`: seconds."""

    base_url: str
    timeout: float | None
    max_retries: int
    max_retry_wait: float

    @classmethod
    def of(
        cls, base_url: str | None, timeout: float | None, max_retries: int, max_retry_wait: float
    ) -> "Settings":
        """Check and complete the options. Raises ConfigurationError."""
        address = (os.environ.get("CRAFT_BASE_URL") or DEFAULT_BASE_URL) if base_url is None else base_url
        if timeout is not None and not (_is_number(timeout) and timeout > 0):
            raise ConfigurationError("timeout must be a number of seconds above 0, or None for no limit.")
        if not (_is_number(max_retries, int) and max_retries >= 0):
            raise ConfigurationError("max_retries must be a whole number from 0.")
        if not _is_number(max_retry_wait) or not max_retry_wait >= 0:
            raise ConfigurationError("max_retry_wait must be a number of seconds from 0.")
        limit = None if timeout == math.inf else timeout  # which a socket does not take
        return cls(check_address(address, "base_url"), limit, max_retries, max_retry_wait)

    def but(self, options: Mapping[str, Any]) -> "Settings":
        """The same with other values for the options that are given. Raises ConfigurationError."""
        now = {
            "timeout": self.timeout,
            "max_retries": self.max_retries,
            "max_retry_wait": self.max_retry_wait,
        }
        given = {name: value for name, value in options.items() if not isinstance(value, Enum)}
        return Settings.of(self.base_url, **{**now, **given})


def _is_number(value: object, kind: type | UnionType = int | float) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def check_address(text: str, option: str) -> str:
    """An http address without a slash at its end. Raises ConfigurationError, which does not repeat it."""
    if not isinstance(text, str):
        raise ConfigurationError(f"{option} must be a string.")
    try:
        parts = urlsplit(text.strip())
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigurationError(f"{option} must be an address such as {DEFAULT_BASE_URL}.")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
        raise ConfigurationError(f"{option} must be https: over http, anyone on the way reads the key.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(f"{option} must be an address with nothing but host and path.")
    address = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    if address.endswith("/v1"):
        raise ConfigurationError(f"{option} goes without /v1.")
    return address


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def web_address(web_url: str | None, settings: Settings) -> str:
    """The address of Craft's pages, which is also the issuer. Raises ConfigurationError."""
    given = web_url or os.environ.get("CRAFT_WEB_URL")
    if given:
        return check_address(given, "web_url")
    if settings.base_url != DEFAULT_BASE_URL:
        raise ConfigurationError("With another base_url, give web_url too: the address of Craft's pages.")
    return DEFAULT_WEB_URL


def check_source(auth: object, oauth: Any) -> None:
    """Whether `auth` gives tokens as the client of this `oauth` wants them. Raises ConfigurationError."""
    if auth is None:
        return
    methods = [getattr(auth, name, None) for name in ("token", "renew")]
    if isinstance(auth, type) or not all(callable(each) for each in methods):
        raise ConfigurationError(f"auth must be what gives access tokens: a {oauth.__name__}.")
    # A source for asyncio need not be made of `async def`; one for threads never is.
    is_async = getattr(auth, "is_async", oauth.is_async or any(map(inspect.iscoroutinefunction, methods)))
    if is_async != oauth.is_async:
        raise ConfigurationError(
            "auth is of the other kind: "
            "CraftClient goes with CraftOAuth, AsyncCraftClient goes with AsyncCraftOAuth."
        )


def fixed_token(api_key: str | None, access_token: str | None, *, has_auth: bool) -> Token | None:
    """The one credential that was given, else the key from CRAFT_API_KEY; None when it is `auth`.

    Raises ConfigurationError when there are several or none, or when one is no whole Craft token.
    """
    if [api_key is not None, access_token is not None, has_auth].count(True) > 1:
        raise ConfigurationError("Give one of api_key, access_token and auth, not several.")
    if has_auth:
        return None
    if access_token is not None:
        return Token(check_token(access_token, "oat", "access_token"))
    if api_key is not None:
        return Token(check_token(api_key, "key", "api_key"))
    key = os.environ.get("CRAFT_API_KEY")
    if not key:
        raise ConfigurationError(
            "There is no credential: set CRAFT_API_KEY, or give api_key, access_token or auth."
        )
    return Token(check_token(key, "key", "CRAFT_API_KEY"))
