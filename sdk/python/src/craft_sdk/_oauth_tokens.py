"""A person's tokens, and where they are kept."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, cast

import httpx

from craft_sdk import _answers
from craft_sdk._parse import moment
from craft_sdk.errors import OAuthError, RateLimitError
from craft_sdk.models import Scope

EARLY = timedelta(seconds=60)  # how long before its end an access token is renewed


@dataclass(frozen=True, kw_only=True)
class OAuthTokens:
    """What an app holds of a person: secrets, to be kept encrypted.

    Attributes:
        refresh_token: works once; each refresh brings another.
        expires_at: when the access token ends; it is renewed a minute before.
        scopes: what the access token may do.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scopes: tuple[Scope, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at.isoformat(),
            "scopes": list(self.scopes),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "OAuthTokens":
        """What `to_dict` made. Raises KeyError, TypeError, ValueError for anything else."""
        return cls(
            access_token=values["access_token"],
            refresh_token=values["refresh_token"],
            expires_at=moment(values["expires_at"]),
            scopes=tuple(values["scopes"]),
        )

    def is_good(self, refused: str | None) -> bool:
        """Whether the access token is another than the refused one and lasts for a while."""
        return self.access_token != refused and self.expires_at - datetime.now(timezone.utc) > EARLY


class TokenStore(Protocol):
    """Where one person's tokens are kept: in a file, a row, a session. Yours to write."""

    def load(self) -> OAuthTokens | None:
        """The tokens; None when there are none."""

    def save(self, tokens: OAuthTokens | None) -> None:
        """Keep new tokens in place of the old ones; None: forget them, they are revoked."""


class AsyncTokenStore(Protocol):
    """The same for asyncio."""

    def load(self) -> Awaitable[OAuthTokens | None]:
        """The tokens; None when there are none."""

    def save(self, tokens: OAuthTokens | None) -> Awaitable[None]:
        """Keep new tokens in place of the old ones; None: forget them, they are revoked."""


AsyncStore = TokenStore | AsyncTokenStore
Store = TokenStore


class MemoryStore:
    """Keeps tokens as long as the process lives."""

    def __init__(self, tokens: OAuthTokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> OAuthTokens | None:
        """The tokens; None when there are none."""
        return self._tokens

    def save(self, tokens: OAuthTokens | None) -> None:
        """Keep them; None: forget them."""
        self._tokens = tokens


@dataclass
class Memory:
    """What is known without asking the store.

    `tokens`: the newest ones; `is_saved`: whether the store has them. `dead`: a refresh token that is of no
    use any more, and why.
    """

    tokens: OAuthTokens | None = field(default=None, repr=False)
    is_saved: bool = True
    dead: str | None = field(default=None, repr=False)
    reason: str = ""

    def take(self, tokens: OAuthTokens) -> None:
        """These are the newest, and the store lags behind."""
        self.tokens, self.is_saved = tokens, False

    def good(self, refused: str | None) -> OAuthTokens | None:
        """Saved tokens that last for a while and are not the refused ones."""
        return self.tokens if self.is_saved and self.tokens and self.tokens.is_good(refused) else None

    def refreshable(self) -> OAuthTokens:
        """Tokens that can be exchanged for new ones. Raises OAuthError."""
        if self.tokens is None:
            raise OAuthError("There are no tokens: ask the person to connect the app.", code="no_tokens")
        if self.tokens.refresh_token == self.dead:
            raise OAuthError(self.reason, code="invalid_grant")
        return self.tokens

    def to_revoke(self, stored: OAuthTokens | None) -> list[OAuthTokens]:
        """The store's tokens, and those in memory if the store has others.

        The person may have connected anew in another process, and this one still knows the old tokens.
        """
        each = {tokens.refresh_token: tokens for tokens in (stored, self.tokens) if tokens}
        return list(each.values())


def read_tokens(reply: httpx.Response) -> OAuthTokens:
    """The tokens in an answer of the token endpoint (RFC 6749, section 5.1). Raises CraftError."""
    values = read_oauth(reply)
    try:
        return OAuthTokens(
            access_token=_text(values["access_token"]),
            refresh_token=_text(values["refresh_token"]),
            expires_at=datetime.now(timezone.utc) + timedelta(seconds=int(values["expires_in"])),
            scopes=cast("tuple[Scope, ...]", tuple(str(values["scope"]).split())),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _answers.unexpected(reply) from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def read_oauth(reply: httpx.Response) -> dict[str, Any]:
    """The JSON object in an OAuth answer. Raises OAuthError (RFC 6749, section 5.2), CraftError."""
    values = _answers.json_of(reply)
    if reply.is_success:
        if "application/json" not in reply.headers.get("Content-Type", ""):
            raise _answers.unexpected(reply)  # a captive portal's page revokes nothing
        return values
    error, description = values.get("error"), values.get("error_description")
    if not isinstance(error, str):
        raise _answers.refusal(reply)
    message = description if isinstance(description, str) else error
    status, request_id = reply.status_code, _answers.request_id(reply)
    if status != 429:
        raise OAuthError(message, code=error, status=status, request_id=request_id)
    made = RateLimitError(message, code="RATE_LIMIT_EXCEEDED", status=status, request_id=request_id)
    made.retry_after = _answers.retry_after(reply)
    raise made
