"""What a key's owner should know about it at a glance, and what its deletion would break."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.models import User
from accounts.names import name_key
from apikeys import usage
from apikeys.models import APIKey, State

EXPIRES_SOON = timedelta(days=14)
IDLE_AFTER = timedelta(days=90)
USAGE_SHOWN = timedelta(days=30)
NAME_NEEDED_AFTER_USE = timedelta(days=7)


class Health(StrEnum):
    """One word for a key. In the order of what matters more: the first that applies is shown."""

    REVOKED = "revoked"
    DELETED = "deleted"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires-soon"
    IDLE = "idle"
    NEVER_USED = "never-used"
    ACTIVE = "active"


ENDED = {State.EXPIRED: Health.EXPIRED, State.DELETED: Health.DELETED, State.REVOKED: Health.REVOKED}
NEEDS_ATTENTION = (Health.EXPIRES_SOON, Health.IDLE)


class Filter(StrEnum):
    """Which of the usable keys a list shows; a key can be in more than one."""

    EXPIRES_SOON = "expires-soon"
    IDLE = "idle"
    NEVER_USED = "never-used"
    NEVER_EXPIRES = "never-expires"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as a list and its own page show it: judged at `now`, `requests` in the last 30 days."""

    key: APIKey
    now: datetime
    requests: int = 0

    @property
    def health(self) -> Health:
        """The state to show."""
        if ended := ENDED.get(self.key.state_at(self.now)):
            return ended
        return next((health for health, applies in self._signs() if applies), Health.ACTIVE)

    @property
    def is_usable(self) -> bool:
        """True while the key authenticates."""
        return self.key.state_at(self.now) == State.ACTIVE

    @property
    def ended_at(self) -> datetime | None:
        """Since when it does not work any more; of a usable key, when it will stop by itself."""
        return self.key.revoked_at or self.key.deleted_at or self.key.expires_at

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
        return dict(self._signs())[Health(chosen)]

    def _signs(self) -> tuple[tuple[Health, bool], ...]:
        key = self.key
        return (
            (Health.EXPIRES_SOON, key.expires_at is not None and key.expires_at - self.now <= EXPIRES_SOON),
            (Health.IDLE, key.last_used_at is not None and self.now - key.last_used_at >= IDLE_AFTER),
            (Health.NEVER_USED, key.last_used_at is None),
        )


@dataclass(frozen=True, slots=True)
class Inventory:
    """All keys an owner sees: those that work, what needs attention first; the others, last ended first."""

    usable: list[KeyLine]
    inactive: list[KeyLine]

    @property
    def live(self) -> int:
        """How many count towards the limit: expired ones too, since they can come back."""
        return sum(line.key.is_live for line in (*self.usable, *self.inactive))

    def count(self, health: Health) -> int:
        """How many inactive keys ended this way."""
        return sum(line.health == health for line in self.inactive)

    def filtered(self, chosen: Filter | None) -> list[KeyLine]:
        """The usable keys that a filter shows; all without one."""
        return [line for line in self.usable if chosen is None or line.is_in(chosen)]


def take_inventory(user: User, now: datetime) -> Inventory:
    """Judge all keys of a user in two queries, whatever their number."""
    usage.flush()
    requests = usage.requests_by_key(user, now - USAGE_SHOWN)
    keys = user.api_keys.listed(now).with_public_id()
    lines = [KeyLine(key, now, requests.get(key.pk, 0)) for key in keys]
    return Inventory(
        usable=sorted((line for line in lines if line.is_usable), key=_attention_first),
        inactive=sorted(
            (line for line in lines if not line.is_usable),
            key=lambda line: line.ended_at or now,
            reverse=True,
        ),
    )


def examine(key: APIKey, now: datetime) -> KeyLine:
    """Judge one key; its row is read again, after pending uses are written."""
    usage.flush()
    key.refresh_from_db(fields=["last_used_at", "last_used_ip", "last_used_agent"])
    return KeyLine(key, now, usage.requests_since(key, now - USAGE_SHOWN))


def requests_of_a_day(line: KeyLine) -> int:
    """How many requests of the last 24 hours would now fail without the key."""
    return usage.requests_since(line.key, line.now - timedelta(hours=24))


def needs_name_to_delete(line: KeyLine) -> bool:
    """True when something used the key in the last 7 days, so that deleting it should not be one slip."""
    return line.key.last_used_at is not None and line.now - line.key.last_used_at < NAME_NEEDED_AFTER_USE


def is_name_of(key: APIKey, typed: str) -> bool:
    """Whether somebody typed the key's name; case and the width of spaces do not matter."""
    return _as_typed(typed) == _as_typed(key.name)


def _as_typed(name: str) -> str:
    return name_key(" ".join(name.split()))


def _attention_first(line: KeyLine) -> tuple[int, float, float]:
    """Those that need attention by urgency, then the last used, then the newest."""
    health = line.health
    rank = NEEDS_ATTENTION.index(health) if health in NEEDS_ATTENTION else len(NEEDS_ATTENTION)
    used = line.key.last_used_at.timestamp() if line.key.last_used_at else 0.0
    return rank, -used, -line.key.created_at.timestamp()
