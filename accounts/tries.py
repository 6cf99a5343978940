"""How often something may be tried: counted in the database, so exact in parallel and in every process."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from accounts.models import TryCount
from accounts.utils.batches import delete_in_batches
from accounts.utils.keyed_hash import digests

# One statement, the same on both databases. A window that has ended begins anew with this try.
_COUNT = """
INSERT INTO accounts_trycount AS t (kind, digest, started_at, ends_at, count) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (digest) DO UPDATE SET
  count = CASE WHEN t.ends_at <= excluded.started_at THEN 1 ELSE t.count + 1 END,
  started_at = CASE WHEN t.ends_at <= excluded.started_at THEN excluded.started_at ELSE t.started_at END,
  ends_at = CASE WHEN t.ends_at <= excluded.started_at THEN excluded.ends_at ELSE t.ends_at END
RETURNING count
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in `seconds` from the first one on; `kind` names what is tried."""

    kind: str
    most: int
    seconds: int

    def of(self, *subject: object) -> "Counter":
        """The counter of one account, network, browser …"""
        text = "\x1f".join(["", self.kind, *map(str, subject)])
        newest, *older = digests("accounts.tries", text)
        return Counter(self, newest, tuple(older))


@dataclass(frozen=True, slots=True)
class Counter:
    """The tries of one subject. What it counts cannot be read from its row.

    `older`: where they were counted under a SECRET_KEY that is kept as a fallback. They count still.
    """

    limit: Limit
    digest: bytes
    older: tuple[bytes, ...] = ()

    def count(self) -> int:
        """Count a try and return how many there were in this window, this one included."""
        now = timezone.now()
        window = (now, now + timedelta(seconds=self.limit.seconds))
        started_at, ends_at = (connection.ops.adapt_datetimefield_value(moment) for moment in window)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [self.limit.kind, self.digest, started_at, ends_at])
            count = int(cursor.fetchone()[0])
        return count + (_total(self._live(self.older)) if self.older else 0)

    def take(self) -> bool:
        """Count a try; whether it is within the limit. Call it before what it protects."""
        return self.count() <= self.limit.most

    def give_back(self) -> None:
        """Take back one try that turned out to be none."""
        self._live((self.digest,)).filter(count__gt=0).update(count=F("count") - 1)

    def is_used_up(self) -> bool:
        """Whether another try would be refused now."""
        return _total(self._live((self.digest, *self.older))) >= self.limit.most

    def _live(self, digests: tuple[bytes, ...]) -> "QuerySet[TryCount]":
        return TryCount.objects.filter(digest__in=digests, ends_at__gt=timezone.now())


def _total(counts: "QuerySet[TryCount]") -> int:
    return counts.aggregate(total=Sum("count"))["total"] or 0


def delete_old(now: datetime | None = None) -> int:
    """Delete counters whose window has ended; return how many."""
    return delete_in_batches(TryCount.objects.filter(ends_at__lte=now or timezone.now()))
