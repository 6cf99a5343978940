"""The account's security log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Event = Literal[
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


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A line of the security log.

    Attributes:
        id: `act_…`.
        ip: the address it came from; None for what Craft itself did. `user_agent` likewise.
        credential: public id of the key or app concerned.
    """

    id: str
    event: Event
    at: datetime
    ip: str | None
    user_agent: str | None
    credential: str | None
    details: Mapping[str, Any] = field(hash=False)
