"""What a key's owner should know about it at a glance, and what its deletion would break."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from accounts.models import User
from accounts.utils.display_names import name_key
from apikeys.models import APIKey, KeyState
from apikeys.rotation import Rotation, rotation_at
from apikeys.usage import reports

EXPIRES_SOON = timedelta(days=14)
IDLE_AFTER = timedelta(days=90)
USAGE_SHOWN = timedelta(days=30)
NAME_NEEDED_AFTER_USE = timedelta(days=7)


class Badge(StrEnum):
    """The one word for a key. In the order of what matters more: the first that applies is shown."""

    tone: str
    icon: str
    label: str

    def __new__(cls, value: str, tone: str = "", icon: str = "", label: str = "") -> Self:
        """Take a row of the table. A test sees that each has an icon and a label."""
        badge = str.__new__(cls, value)
        badge._value_ = value
        badge.tone, badge.icon, badge.label = tone, icon, label
        return badge

    # What has ended has the name of its state.
    REVOKED = KeyState.REVOKED.value, "danger", "alert", "Revoked"
    DELETED = KeyState.DELETED.value, "", "trash", "Deleted"
    DISABLED = KeyState.DISABLED.value, "", "pause", "Disabled"
    EXPIRED = KeyState.EXPIRED.value, "", "clock", "Expired"
    EXPIRES_SOON = "expires-soon", "warning", "clock", "Expires soon"
    ROTATING = "rotating", "notice", "rotate", "Rotating"
    IDLE = "idle", "warning", "moon", "Idle"
    NEVER_USED = "never-used", "", "dashed", "Never used"
    ACTIVE = KeyState.ACTIVE.value, "ok", "ok", "Active"


ENDED = (Badge.DISABLED, Badge.EXPIRED, Badge.DELETED, Badge.REVOKED)
NEEDS_ATTENTION = (Badge.EXPIRES_SOON, Badge.IDLE)


class Filter(StrEnum):
    """Which of the usable keys a list shows; a key can be in more than one."""

    EXPIRES_SOON = "expires-soon"
    IDLE = "idle"
    NEVER_USED = "never-used"
    NEVER_EXPIRES = "never-expires"


@dataclass(frozen=True, slots=True)
class KeySummary:
    """A key as a list and its own page show it: judged at `now`, `requests` in the last 30 days."""

    key: APIKey
    now: datetime
    days: Sequence[int] = ()  # requests of each of the last 30 days, today's last; () when there were none

    @property
    def requests(self) -> int:
        """How many requests it made in those days."""
        return sum(self.days)

    @property
    def rotation(self) -> Rotation | None:
        """The rotation under way, if there is one."""
        return rotation_at(self.key, self.now)

    @property
    def badge(self) -> Badge:
        """What to say of it first."""
        state = self.key.state_at(self.now)
        if state != KeyState.ACTIVE:
            return Badge(state.value)
        return next((badge for badge, applies in self._signs() if applies), Badge.ACTIVE)

    @property
    def badge_label(self) -> str:
        """The badge in words: `Idle 120 days`."""
        badge = self.badge
        return f"{badge.label} {self.idle_days} days" if badge is Badge.IDLE else badge.label

    @property
    def is_usable(self) -> bool:
        """True while the key authenticates."""
        return self.key.state_at(self.now) == KeyState.ACTIVE

    @property
    def ended_at(self) -> datetime | None:
        """Since when it does not work any more; of a usable key, when it will stop by itself."""
        key = self.key
        return key.revoked_at or key.deleted_at or key.disabled_since or key.expires_at

    @property
    def idle_days(self) -> int:
        """Whole days since the last use; 0 when there was none."""
        return (self.now - self.key.last_used_at).days if self.key.last_used_at else 0

    @property
    def days_left(self) -> int:
        """Days until it expires, to the nearest; 0 when it never does."""
        return round((self.key.expires_at - self.now) / timedelta(days=1)) if self.key.expires_at else 0

    def is_in(self, chosen: Filter) -> bool:
        """True when a filter shows the key."""
        if chosen == Filter.NEVER_EXPIRES:
            return self.key.expires_at is None
        return dict(self._signs())[Badge(chosen)]

    def _signs(self) -> tuple[tuple[Badge, bool], ...]:
        key = self.key
        return (
            (Badge.EXPIRES_SOON, key.expires_at is not None and key.expires_at - self.now <= EXPIRES_SOON),
            (Badge.ROTATING, self.rotation is not None),
            (Badge.IDLE, key.last_used_at is not None and self.now - key.last_used_at >= IDLE_AFTER),
            (Badge.NEVER_USED, key.last_used_at is None),
        )


@dataclass(frozen=True, slots=True)
class Inventory:
    """All keys an owner sees: those that work, what needs attention first; the others, last ended first."""

    usable: list[KeySummary]
    inactive: list[KeySummary]

    @property
    def live(self) -> int:
        """How many count towards the limit: expired ones too, since they can come back."""
        return sum(summary.key.is_live for summary in (*self.usable, *self.inactive))

    def count(self, badge: Badge) -> int:
        """How many inactive keys ended this way."""
        return sum(summary.badge == badge for summary in self.inactive)

    def filtered(self, chosen: Filter | None) -> list[KeySummary]:
        """The usable keys that a filter shows; all without one."""
        return [summary for summary in self.usable if chosen is None or summary.is_in(chosen)]


def summarise_keys(user: User, now: datetime) -> Inventory:
    """Judge all keys of a user in three queries, whatever their number."""
    days = reports.requests_by_day(user, now, USAGE_SHOWN.days)
    keys = user.api_keys.listed(now).with_public_id().with_secrets()
    summaries = [KeySummary(key, now, days.get(key.pk, ())) for key in keys]
    return Inventory(
        usable=sorted((summary for summary in summaries if summary.is_usable), key=_attention_first),
        inactive=sorted(
            (summary for summary in summaries if not summary.is_usable),
            key=lambda summary: summary.ended_at or now,
            reverse=True,
        ),
    )


def summarise_key(key: APIKey, now: datetime) -> KeySummary:
    """Judge one key at `now`, with its requests of the last 30 days."""
    days = reports.requests_of_key_by_day(key, now, USAGE_SHOWN.days)
    return KeySummary(key, now, days)


def requests_of_a_day(summary: KeySummary) -> int:
    """How many requests of the last 24 hours would now fail without the key."""
    return reports.requests_since(summary.key, summary.now - timedelta(hours=24))


def needs_name_to_delete(summary: KeySummary) -> bool:
    """True when something used the key lately (NAME_NEEDED_AFTER_USE): deleting it should not be one slip."""
    return (
        summary.key.last_used_at is not None
        and summary.now - summary.key.last_used_at < NAME_NEEDED_AFTER_USE
    )


def is_name_of(key: APIKey, typed: str) -> bool:
    """Whether somebody typed the key's name; case and the width of spaces do not matter."""
    return _as_typed(typed) == _as_typed(key.name)


def _as_typed(name: str) -> str:
    return name_key(" ".join(name.split()))


def _attention_first(summary: KeySummary) -> tuple[int, float, float]:
    """Those that need attention by urgency, then the last used, then the newest."""
    badge = summary.badge
    rank = NEEDS_ATTENTION.index(badge) if badge in NEEDS_ATTENTION else len(NEEDS_ATTENTION)
    used = summary.key.last_used_at.timestamp() if summary.key.last_used_at else 0.0
    return rank, -used, -summary.key.created_at.timestamp()
