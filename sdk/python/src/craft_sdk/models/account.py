"""The person, the credential in use, and the apps that act for the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from craft_sdk.models import Scope


@dataclass(frozen=True, kw_only=True)
class Me:
    """The person for whom the credential acts.

    Attributes:
        id: `user_…`.
    """

    id: str
    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """What is left in the window with the fewest calls left.

    Attributes:
        reset: when the window ends, in Unix seconds.
    """

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True, kw_only=True)
class Auth:
    """The credential in use.

    Attributes:
        id: the key's or, for OAuth, the app's id; None for a session. `name` likewise.
        expires_at: None when it never does.
        rate_limit: None where there is no limit.
    """

    kind: Literal["api_key", "oauth", "session"]
    id: str | None
    name: str | None
    scopes: tuple[Scope, ...]
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    rate_limit: RateLimit | None


@dataclass(frozen=True, kw_only=True)
class ConnectedApp:
    """An app that acts for the caller.

    Attributes:
        id: `app_…`.
    """

    id: str
    name: str
    website: str | None
    scopes: tuple[Scope, ...]
    granted_at: datetime
    last_used_at: datetime | None
