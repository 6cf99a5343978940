"""A key whose secret is being exchanged: both work until the old one's grace is over.

The grace counts from the first use of the new secret, so that nothing ends before somebody has switched.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apikeys.models import APIKey, APIKeySecret


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation under way."""

    old: APIKeySecret
    new: APIKeySecret

    @property
    def grace(self) -> timedelta:
        """How long the old secret outlives the first use of the new one."""
        return timedelta(seconds=self.new.grace_seconds or 0)

    @property
    def started_at(self) -> datetime:
        """When the new secret was made."""
        return self.new.created_at

    @property
    def new_used_at(self) -> datetime | None:
        """When the new secret was first used; None while it was not: the rotation may still be cancelled."""
        return self.new.first_used_at

    @property
    def ends_at(self) -> datetime | None:
        """When the old secret ends by itself; None while that is open."""
        return self.old.retires_at


def end_of_old(new: APIKeySecret, now: datetime, *, grace: int = 0) -> datetime:
    """When the secret before `new` ends: `grace` seconds from now, or at this very moment.

    What ends now is dated back to the rotation's begin, so that no clock that runs behind, in another process
    or after a correction, lets it in once more.
    """
    return now + timedelta(seconds=grace) if grace else min(now, new.created_at)


def rotation_at(key: APIKey, now: datetime) -> Rotation | None:
    """The rotation of a key that is under way at a moment; None when it has one secret that works."""
    newest_first = sorted(key.secrets.all(), key=lambda secret: secret.pk, reverse=True)
    if len(newest_first) < 2:
        return None
    new, old = newest_first[:2]
    return None if old.retires_at is not None and old.retires_at <= now else Rotation(old, new)
