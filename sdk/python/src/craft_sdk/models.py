"""What the API answers. Made of docs/openapi.json by `make sdk-generate`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Scope = Literal["read", "write", "delete", "admin"]
APIKeyPermission = Literal["read-only", "read-write"]
APIKeyState = Literal["active", "disabled", "expired", "deleted", "revoked"]
ActivityEvent = Literal[
    "signup",
    "login",
    "login_failed",
    "logout",
    "session_ended",
    "sessions_ended",
    "password_changed",
    "password_reset",
    "email_changed",
    "factor_added",
    "factor_removed",
    "factors_reset",
    "recovery_codes_created",
    "recovery_code_used",
    "browser_trusted",
    "everything_revoked",
    "data_exported",
    "account_closing",
    "account_kept",
    "staff_changed",
    "profile_changed",
    "key_created",
    "key_changed",
    "key_rotated",
    "key_disabled",
    "key_enabled",
    "key_deleted",
    "key_restored",
    "key_expired",
    "key_revoked",
    "app_created",
    "app_changed",
    "app_deleted",
    "secret_created",
    "secret_dropped",
    "grant_created",
    "grant_extended",
    "grant_revoked",
    "deployment_taken_down",
    "token_reuse",
]
FileEncoding = Literal["utf-8", "base64"]
ProjectStatus = Literal["active", "archived"]


@dataclass(frozen=True, kw_only=True)
class APIKey:
    """An API key, without its secret.

    Attributes:
        id: `key_…`
        public_id: The key begins with `craft_key_<publicId>`.
        name: Unique among your live keys.
        permission: What it may do.
        state: Only an active one is let in.
        created_at: When it was made.
        expires_at: When it ends by itself; None for never.
        last_used_at: Shows within 5 seconds; None before the first use.
        last_used_from: The address of the last use; None before the first.
        disabled_until: When a disabled key comes back by itself; None where it does not.
        rotation: The exchange of its secret; None while there is none.
    """

    id: str
    public_id: str
    name: str
    permission: APIKeyPermission
    state: APIKeyState
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    disabled_until: datetime | None
    rotation: APIKeyRotation | None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A line of the security log.

    Attributes:
        id: `act_…`
        event: What happened.
        at: When it happened.
        ip: The address it came from; None where unknown.
        user_agent: The program or browser; None where unknown.
        credential: Public id of the key or app concerned.
        details: What else is known of it, by the event.
    """

    id: str
    event: ActivityEvent
    at: datetime
    ip: str | None
    user_agent: str | None
    credential: str | None
    details: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class Auth:
    """The credential in use. For OAuth `id` and `name` are the app's, for a session both are None.

    Attributes:
        kind: What the call was made with.
        id: Of the key (`key_…`) or app (`app_…`); None for a session.
        name: Of the key or app; None for a session.
        scopes: What it may do.
        created_at: When the key was made, the token given or the session begun.
        expires_at: When it ends by itself; None for never.
        last_used_at: When it was last used, within 5 seconds; None where it was not.
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
        id: `app_…`
        name: What its developer called it.
        website: Of its developer; None if none was given.
        scopes: What you allowed it.
        granted_at: When you allowed it first.
        last_used_at: When it last acted for you; None if it never did.
    """

    id: str
    name: str
    website: str | None
    scopes: tuple[Scope, ...]
    granted_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """What was deleted.

    Attributes:
        id: Of what was deleted; None for a session.
        deleted: Always true.
    """

    id: str | None
    deleted: bool


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """An immutable snapshot of a project's files, served at `url`.

    Attributes:
        id: `dep_…`
        status: `taken_down` once Craft's staff took it off the net; the reason is in your activity.
        url: Where everybody can see it.
        files: How many files it has.
        created_at: When it was made. It never changes.
    """

    id: str
    status: Literal["ready", "taken_down"]
    url: str
    files: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectFile:
    """A file of a project, without its content.

    Attributes:
        path: Where it lies in the project.
        size: Bytes.
        content_type: What it is served as: as it was sent, else by its name and content.
        sha256: Hexadecimal; also the ETag.
        created_at: When it was first written.
        updated_at: When it was last written.
    """

    path: str
    size: int
    content_type: str
    sha256: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectFileContent(ProjectFile):
    """A file with its content.

    Attributes:
        encoding: How `content` is to be read: as text, or as bytes in base64.
        content: The whole file.
    """

    encoding: FileEncoding
    content: str = field(repr=False)

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return base64.b64decode(self.content) if self.encoding == "base64" else self.content.encode()


@dataclass(frozen=True, kw_only=True)
class Me:
    """The person for whom the credential acts.

    Attributes:
        id: `user_…`
        email: The address the person signs in with.
        name: What the person wants to be called.
    """

    id: str
    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CreatedAPIKey(APIKey):
    """An API key with its secret, which is shown in this answer only.

    Attributes:
        key: The secret. It is in this answer only: keep it now.
    """

    key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class OldCaller:
    """Who still uses the old secret of a key that is rotating.

    Attributes:
        address: Where it called from; None where unknown.
        user_agent: The program that called; None where unknown.
        last_seen_at: When it last called.
    """

    address: str | None
    user_agent: str | None
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Pagination:
    """Where in a list an answer is.

    Attributes:
        page: The page this is, from 1.
        limit: How many a page holds at most.
        total: How many there are on all pages.
        total_pages: How many pages there are; 0 when there is nothing.
        has_more: Whether there is a page after this one.
    """

    page: int
    limit: int
    total: int
    total_pages: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project.

    Attributes:
        id: `proj_…`
        name: What you called it.
        description: Empty if there is none.
        status: As you set it: an archived one works like any other.
        template: The template it was made from; None if none.
        preview_url: The latest deployment; None until there is one.
        settings: Your own values, kept as they are.
        stats: About its files.
        created_at: When it was made.
        updated_at: When the project itself last changed, its files aside.
    """

    id: str
    name: str
    description: str
    status: ProjectStatus
    template: str | None
    preview_url: str | None
    settings: Mapping[str, Any] = field(hash=False)
    stats: ProjectStats
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectStats:
    """About a project's files.

    Attributes:
        files: How many files it has.
        last_edited_at: When a file was last written or deleted; None before the first.
    """

    files: int
    last_edited_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """What is left in the window with the fewest calls left.

    Attributes:
        limit: How many calls the window lets through.
        remaining: How many are left in it.
        reset: Unix seconds.
    """

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True, kw_only=True)
class RecentCall:
    """One of the last 100 requests of the last 7 days.

    Attributes:
        at: When it came.
        method: The HTTP method.
        path: A pattern such as `/v1/projects/{id}`.
        status: What it was answered.
        address: Where it came from; None where unknown.
        user_agent: The program that called; None where unknown.
        request_id: As in `X-Request-ID` of the answer.
    """

    at: datetime
    method: str
    path: str
    status: int
    address: str | None
    user_agent: str | None
    request_id: str


@dataclass(frozen=True, kw_only=True)
class APIKeyRotation:
    """The exchange of a key's secret: both work until `ends_at`, which is None until the new one is used.

    Attributes:
        grace: Seconds the old secret outlives the new one's first use.
        started_at: When the rotation began.
        new_used_at: When the new secret was first used; None until then.
        ends_at: When the old secret ends; None until the new one is used.
        old_callers: Who used the old secret since, the last seen first.
    """

    grace: int
    started_at: datetime
    new_used_at: datetime | None
    ends_at: datetime | None
    old_callers: tuple[OldCaller, ...]


@dataclass(frozen=True, kw_only=True)
class APIKeyUsage:
    """How much a key was used between two moments.

    Attributes:
        buckets: Each hour or day of the span, empty ones too.
        callers: Who called, the last seen first.
        endpoints: What was called, the most called first.
        recent: The last requests, the newest first.
    """

    buckets: tuple[UsageBucket, ...]
    callers: tuple[UsageCaller, ...]
    endpoints: tuple[UsageEndpoint, ...]
    recent: tuple[RecentCall, ...]


@dataclass(frozen=True, kw_only=True)
class UsageBucket:
    """One hour or day in UTC: how many requests ended so, and how many were of each kind.

    Attributes:
        at: When the hour or day begins.
        ok: Requests that were answered 2xx or 304.
        refused: 401 and 403.
        limited: 429.
        invalid: Other 4xx.
        failed: 5xx.
        reads: GET and HEAD.
        writes: POST, PUT and PATCH.
        deletes: DELETE.
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
    """Who used the key; `address` and `user_agent` are None where unknown, and for the sum of the rest.

    Attributes:
        address: Where it called from; None where unknown.
        user_agent: The program that called; None where unknown.
        public_id: Of the secret that was used.
        requests: How many.
        first_seen_at: The first of them.
        last_seen_at: The last of them.
    """

    address: str | None
    user_agent: str | None
    public_id: str
    requests: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class UsageEndpoint:
    """A method and path that was called, ids left out.

    Attributes:
        method: The HTTP method.
        path: A pattern such as `/v1/projects/{id}`.
        requests: How many.
    """

    method: str
    path: str
    requests: int
