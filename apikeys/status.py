"""What a key's owner should know about it at a glance, and what its deletion would break."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Self

from django.db.models import Q

from accounts.models import User
from accounts.utils.display_names import name_key
from apikeys.models import APIKey, KeyState
from apikeys.rotation import Rotation, rotation_at
from apikeys.scopes import Permission
from apikeys.usage import plot, reports
from apikeys.usage.reports import RecentUse

EXPIRES_SOON = timedelta(days=14)
IDLE_AFTER = timedelta(days=90)
USAGE_SHOWN = timedelta(days=30)
NAME_NEEDED_AFTER_USE = timedelta(days=7)
OLD_AFTER = timedelta(days=180)  # without a rotation
OFTEN_REFUSED = 10  # in USAGE_SHOWN, and one of twenty at least, with the true secret


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


SIGNS_SHOWN = (Badge.EXPIRES_SOON, Badge.IDLE, Badge.NEVER_USED)  # of a key that works
ENDED = (Badge.DISABLED, Badge.EXPIRED, Badge.DELETED, Badge.REVOKED)


class Filter(StrEnum):
    """Which of the usable keys a list shows; a key can be in more than one."""

    EXPIRES_SOON = "expires-soon"
    IDLE = "idle"
    NEVER_USED = "never-used"
    ONLY_READS = "only-reads"
    OFTEN_REFUSED = "often-refused"
    OLD = "old"
    NEVER_EXPIRES = "never-expires"


NEEDS_ATTENTION = (Filter.EXPIRES_SOON, Filter.IDLE)


@dataclass(frozen=True)
class KeySummary:
    """A key as a list and its own page show it: judged at `now`, with its use of the last USAGE_SHOWN."""

    key: APIKey
    now: datetime
    use: RecentUse = field(default_factory=lambda: RecentUse([0] * USAGE_SHOWN.days))

    @property
    def requests(self) -> int:
        """How many requests it made in those days."""
        return self.use.requests

    @property
    def spark(self) -> str:
        """The requests of those days as bars: the path that draws them."""
        return plot.spark(self.use.by_day)

    @property
    def spark_text(self) -> str:
        """The same in words."""
        return plot.say_spark(self.use.by_day, self.now)

    @cached_property
    def rotation(self) -> Rotation | None:
        """The rotation under way, if there is one."""
        return rotation_at(self.key, self.now)

    @cached_property
    def badge(self) -> Badge:
        """What to say of it first."""
        state = self.key.state_at(self.now)
        if state != KeyState.ACTIVE:
            return Badge(state.value)
        signs = self.signs
        if self.rotation is not None and Filter.EXPIRES_SOON not in signs:
            return Badge.ROTATING
        if Filter.IDLE in signs and self.key.last_used_at is None:
            return Badge.NEVER_USED
        return next((badge for badge in SIGNS_SHOWN if badge.value in signs), Badge.ACTIVE)

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
        """Days until it expires, to the nearest; 0 when it never does. Counted so wherever days are said."""
        return round((self.key.expires_at - self.now) / timedelta(days=1)) if self.key.expires_at else 0

    def is_in(self, chosen: Filter) -> bool:
        """True when a filter shows the key."""
        return chosen in self.signs

    @cached_property
    def signs(self) -> frozenset[Filter]:
        """All that is worth knowing of a key that works."""
        key, use = self.key, self.use
        is_expiring = key.expires_at is not None and key.expires_at - self.now <= EXPIRES_SOON
        last_sign_of_life = key.last_used_at or key.created_at
        may_read_only = (
            key.permission == Permission.READ_WRITE
            and self.now - key.created_at >= USAGE_SHOWN
            and use.requests > 0
            and use.changes == use.unknown == 0
        )
        signs = {
            Filter.EXPIRES_SOON: is_expiring,
            Filter.IDLE: self.now - last_sign_of_life >= IDLE_AFTER,
            Filter.NEVER_USED: key.last_used_at is None,
            Filter.ONLY_READS: may_read_only,
            Filter.OFTEN_REFUSED: use.refused >= OFTEN_REFUSED and use.refused * 20 >= use.requests,
            Filter.OLD: self.now - self._secret_made_at >= OLD_AFTER,
            Filter.NEVER_EXPIRES: key.expires_at is None,
        }
        return frozenset(sign for sign, applies in signs.items() if applies)

    @property
    def _secret_made_at(self) -> datetime:
        """When the newest secret was made: the key's age, or its last rotation."""
        return max((secret.created_at for secret in self.key.secrets.all()), default=self.key.created_at)


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
    uses = reports.recent_use_of(Q(key__user=user), now, USAGE_SHOWN.days)
    keys = user.api_keys.listed(now).with_public_id().with_secrets().select_related("user")
    summaries = [KeySummary(key, now, *([uses[key.pk]] if key.pk in uses else [])) for key in keys]
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
    uses = reports.recent_use_of(Q(key=key), now, USAGE_SHOWN.days)
    return KeySummary(key, now, *uses.values())


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


def _attention_first(summary: KeySummary) -> tuple[float, ...]:
    """Those that end soon by how soon, what else needs attention, then the last used, then the newest."""
    key, signs = summary.key, summary.signs
    ends_at = key.expires_at if Filter.EXPIRES_SOON in signs else None
    rank = next((rank for rank, sign in enumerate(NEEDS_ATTENTION) if sign in signs), len(NEEDS_ATTENTION))
    used = key.last_used_at.timestamp() if key.last_used_at else 0.0
    return rank, ends_at.timestamp() if ends_at else 0.0, -used, -key.created_at.timestamp()
