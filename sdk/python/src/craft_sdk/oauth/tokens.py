"""A person's tokens, and where they are kept."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, cast

from craft_sdk import _answers
from craft_sdk._answers import Reply
from craft_sdk._parse import moment
from craft_sdk.errors import CraftError, OAuthError, RateLimitError
from craft_sdk.models import Scope

EARLY = timedelta(seconds=60)  # how long before its end an access token is renewed


@dataclass(frozen=True, kw_only=True)
class Tokens:
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
    def from_dict(cls, values: Mapping[str, Any]) -> "Tokens":
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

    def load(self) -> Tokens | None:
        """The tokens; None when there are none."""

    def save(self, tokens: Tokens | None) -> None:
        """Keep new tokens in place of the old ones; None: forget them, they are revoked."""


class AsyncTokenStore(Protocol):
    """The same for asyncio."""

    def load(self) -> Awaitable[Tokens | None]:
        """The tokens; None when there are none."""

    def save(self, tokens: Tokens | None) -> Awaitable[None]:
        """Keep new tokens in place of the old ones; None: forget them, they are revoked."""


class MemoryStore:
    """Keeps tokens as long as the process lives."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        """The tokens; None when there are none."""
        return self._tokens

    def save(self, tokens: Tokens | None) -> None:
        """Keep them; None: forget them."""
        self._tokens = tokens


def read_tokens(reply: Reply) -> Tokens:
    """The tokens in an answer of the token endpoint (RFC 6749, section 5.1). Raises CraftError."""
    values = read_oauth(reply)
    try:
        return Tokens(
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


def read_oauth(reply: Reply) -> dict[str, Any]:
    """The JSON object in an OAuth answer. Raises OAuthError (RFC 6749, section 5.2), CraftError."""
    values = reply.json()
    if reply.is_success:
        if "application/json" not in reply.headers.get("Content-Type", ""):
            raise _answers.unexpected(reply)  # a captive portal's page revokes nothing
        return values
    error, description = values.get("error"), values.get("error_description")
    if not isinstance(error, str):
        raise _answers.refusal(reply)
    message = description if isinstance(description, str) else error
    kind: type[CraftError] = RateLimitError if reply.status == 429 else OAuthError
    code = "RATE_LIMIT_EXCEEDED" if reply.status == 429 else error
    made = kind(message, code=code, status=reply.status, request_id=reply.request_id)
    if isinstance(made, RateLimitError):
        made.retry_after = reply.retry_after
    raise made
