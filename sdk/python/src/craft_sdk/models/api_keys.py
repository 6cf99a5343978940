"""What `client.api_keys` answers: keys, their rotation, and how they are used."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Permission = Literal["read-only", "read-write"]
State = Literal["active", "expired", "deleted", "revoked", "disabled"]
Grace = Literal[0, 3600, 86400, 604800]
Period = Literal["day", "hour"]


@dataclass(frozen=True, kw_only=True)
class OldCaller:
    """Who used the old secret of a key since its rotation began.

    Attributes:
        address: None where it is unknown. `user_agent` likewise.
    """

    address: str | None
    user_agent: str | None
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class APIKeyRotation:
    """The exchange of a key's secret: both secrets work until `ends_at`.

    Attributes:
        grace: seconds that the old secret outlives the first use of the new one.
        new_used_at: None while the new secret is unused: it may still be cancelled.
        ends_at: when the old secret ends; None while the new one is unused.
        old_callers: the last seen first.
    """

    grace: int
    started_at: datetime
    new_used_at: datetime | None
    ends_at: datetime | None
    old_callers: tuple[OldCaller, ...]


@dataclass(frozen=True, kw_only=True)
class APIKey:
    """An API key, without its secret.

    Attributes:
        id: `key_…`.
        public_id: the key begins with `craft_key_<public_id>`; a rotation gives it another.
        expires_at: None when it never does.
        last_used_from: the address it was last used from.
        disabled_until: when it comes back by itself; None where it does not, or is not disabled.
        rotation: None unless its secret is being exchanged.
    """

    id: str
    public_id: str
    name: str
    permission: Permission
    state: State
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    disabled_until: datetime | None
    rotation: APIKeyRotation | None


@dataclass(frozen=True, kw_only=True)
class CreatedAPIKey(APIKey):
    """An API key with its secret, which is in this answer only.

    Attributes:
        key: the secret. Keep it now: it is not shown again.
    """

    key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class UsageBucket:
    """One hour or day in UTC. How its requests ended, and again how many were of each kind.

    Attributes:
        at: when it begins.
        refused: 401 and 403.
        limited: 429.
        invalid: other 4xx.
        failed: 5xx.
    """

    at: datetime
    ok: int
    refused: int
    limited: int
    invalid: int
    failed: int
    reads: int
    writes: int
    deletes: int


@dataclass(frozen=True, kw_only=True)
class UsageCaller:
    """Who used a key.

    Attributes:
        address: None where it is unknown, and for the sum of those beyond 50 a day. `user_agent` likewise.
        public_id: of the secret that was used.
    """

    address: str | None
    user_agent: str | None
    public_id: str
    requests: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class UsageEndpoint:
    """What was called.

    Attributes:
        path: a pattern such as `/v1/projects/{id}`.
    """

    method: str
    path: str
    requests: int


@dataclass(frozen=True, kw_only=True)
class RecentCall:
    """One request that the key made lately.

    Attributes:
        path: a pattern such as `/v1/projects/{id}`.
        address: None where it is unknown. `user_agent` likewise.
        request_id: its X-Request-ID.
    """

    at: datetime
    method: str
    path: str
    status: int
    address: str | None
    user_agent: str | None
    request_id: str


@dataclass(frozen=True, kw_only=True)
class APIKeyUsage:
    """How much a key was used, by whom, and for what.

    Attributes:
        buckets: each hour or day, the empty ones too, the oldest first.
        callers: the last seen first.
        endpoints: the most called first.
        recent: the last requests, whatever time was asked for, the newest first: at most 100, of 7 days.
    """

    buckets: tuple[UsageBucket, ...]
    callers: tuple[UsageCaller, ...]
    endpoints: tuple[UsageEndpoint, ...]
    recent: tuple[RecentCall, ...]
