"""What an owner sees of a key's use: counts over time, endpoints, callers, refused tries, single requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q, QuerySet, Sum

from apikeys.models import (
    APIKey,
    APIKeyCaller,
    APIKeyRequest,
    APIKeySecret,
    APIKeyTry,
    APIKeyUsage,
    Outcome,
    TryReason,
    UsagePeriod,
)
from apikeys.scopes import SCOPE_OF_METHOD, Scope

STEPS = {UsagePeriod.HOUR: timedelta(hours=1), UsagePeriod.DAY: timedelta(days=1)}


@dataclass(slots=True)
class Bucket:
    """One hour or day. `outcomes`: how many requests ended so; the others count by kind of method."""

    at: datetime
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    reads: int = 0
    writes: int = 0
    deletes: int = 0

    @property
    def total(self) -> int:
        """All requests in it."""
        return sum(self.outcomes.values())


def begin_of(period: UsagePeriod, moment: datetime) -> datetime:
    """When the hour or day of a moment in UTC begins."""
    return moment.replace(
        minute=0, second=0, microsecond=0, **({} if period == UsagePeriod.HOUR else {"hour": 0})
    )


def buckets(key: APIKey, period: UsagePeriod, start: datetime, end: datetime) -> list[Bucket]:
    """Every hour or day from that of `start` to that of `end`, the empty ones too, oldest first."""
    first, last, step = begin_of(period, start), begin_of(period, end), STEPS[period]
    made = {at: Bucket(at) for at in _moments(first, last, step)}
    rows = _counts(key, period, first, last).values_list("at", "method", "outcome")
    for at, method, outcome, requests in rows.annotate(n=Sum("requests")):
        if (bucket := made.get(at)) is not None:
            bucket.outcomes[Outcome(outcome)] += requests
            _add_to_kind(bucket, method, requests)
    return list(made.values())


def endpoints(
    key: APIKey, period: UsagePeriod, start: datetime, end: datetime, most: int = 10
) -> list[tuple[str, str, int]]:
    """The most called `(method, route, requests)`, most first; routes are patterns."""
    rows = _counts(key, period, begin_of(period, start), begin_of(period, end)).exclude(route="")
    named = rows.values_list("method", "route").annotate(n=Sum("requests"))
    return list(named.order_by("-n", "route", "method")[:most])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who used a key: `address` is "" when unknown, `is_rest` sums up those beyond the bound of a day."""

    address: str
    agent: str
    public_id: str
    is_rest: bool
    requests: int
    first_at: datetime
    last_at: datetime


def callers(key: APIKey, since: datetime) -> list[Caller]:
    """Who used the key since that day, by secret; the last seen first, those summed up at the end.

    Bounded by what is kept of a day, and by how long.
    """
    rows = APIKeyCaller.objects.filter(key=key, day__gte=since.date())
    names = ("address", "agent", "public_id", "is_rest")
    grouped = rows.values_list(*names).annotate(n=Sum("requests"), first=Min("first_at"), last=Max("last_at"))
    return [Caller(*row) for row in grouped.order_by("is_rest", "-last")]


def shorten(callers: Sequence[Caller], most: int = 50) -> list[Caller]:
    """The first callers, and what is beyond `most` summed up with those that were summed up before."""
    named = [caller for caller in callers if not caller.is_rest]
    rest = [*named[most:], *(caller for caller in callers if caller.is_rest)]
    if not rest:
        return named
    summed = Caller(
        address="",
        agent="",
        public_id=rest[0].public_id if len({caller.public_id for caller in rest}) == 1 else "",
        is_rest=True,
        requests=sum(caller.requests for caller in rest),
        first_at=min(caller.first_at for caller in rest),
        last_at=max(caller.last_at for caller in rest),
    )
    return [*named[:most], summed]


def callers_on(key: APIKey, secret: APIKeySecret, since: datetime) -> list[Caller]:
    """Who used one secret of the key since a moment, the last seen first."""
    return [
        caller
        for caller in callers(key, since)
        if caller.public_id == secret.public_id and caller.last_at >= since
    ]


@dataclass(frozen=True, slots=True)
class RefusedTry:
    """Somebody who named the key and was not let in."""

    address: str
    reason: str
    is_rest: bool
    requests: int
    first_at: datetime
    last_at: datetime


def refused_tries(key: APIKey, since: datetime, most: int = 50) -> list[RefusedTry]:
    """Who was not let in since that day, the last first."""
    rows = APIKeyTry.objects.filter(key=key, day__gte=since.date())
    grouped = rows.values_list("address", "reason", "is_rest").annotate(
        n=Sum("requests"), first=Min("first_at"), last=Max("last_at")
    )
    return [RefusedTry(*row) for row in grouped.order_by("is_rest", "-last")[:most]]


def wrong_secrets(key: APIKey, since: datetime) -> int:
    """How many tries with the key's public id and a wrong secret there were since that day."""
    tries = APIKeyTry.objects.filter(key=key, day__gte=since.date(), reason=TryReason.WRONG_SECRET)
    total: int | None = tries.aggregate(n=Sum("requests"))["n"]
    return total or 0


def recent_requests(key: APIKey, most: int = 100) -> list[APIKeyRequest]:
    """Single requests, the newest first."""
    return list(APIKeyRequest.objects.filter(key=key).order_by("-pk")[:most])


def requests_since(key: APIKey, since: datetime) -> int:
    """How many requests the key made since the beginning of that hour."""
    hours = APIKeyUsage.objects.filter(
        key=key, period=UsagePeriod.HOUR, at__gte=begin_of(UsagePeriod.HOUR, since)
    )
    total: int | None = hours.aggregate(n=Sum("requests"))["n"]
    return total or 0


@dataclass(slots=True)
class RecentUse:
    """What a key did on each of the last days. `by_day`: all requests, today's last."""

    by_day: list[int]
    refused: int = 0
    changes: int = 0  # requests that were no reads
    unknown: int = 0  # counted before methods were

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(self.by_day)


def recent_use_of(keys: Q, now: datetime, days: int) -> dict[int, RecentUse]:
    """What the keys that `keys` selects did on the last days, by primary key; without those that did nothing.

    One query, whatever their number.
    """
    first = begin_of(UsagePeriod.DAY, now - timedelta(days=days - 1))
    rows = (
        APIKeyUsage.objects.filter(keys, period=UsagePeriod.DAY, at__gte=first, at__lte=now)
        .values_list("key", "at", "method", "outcome")
        .annotate(n=Sum("requests"))
    )
    uses: dict[int, RecentUse] = {}
    for key_id, at, method, outcome, requests in rows:
        use = uses.setdefault(key_id, RecentUse([0] * days))
        use.by_day[(at - first).days] += requests
        use.refused += requests if outcome == Outcome.REFUSED else 0
        use.unknown += 0 if method else requests
        use.changes += requests if SCOPE_OF_METHOD.get(method, Scope.READ) != Scope.READ else 0
    return uses


def _counts(key: APIKey, period: UsagePeriod, first: datetime, last: datetime) -> QuerySet[APIKeyUsage]:
    return APIKeyUsage.objects.filter(key=key, period=period, at__gte=first, at__lte=last)


def _moments(first: datetime, last: datetime, step: timedelta) -> Iterable[datetime]:
    for number in range((last - first) // step + 1):
        yield first + number * step


def _add_to_kind(bucket: Bucket, method: str, requests: int) -> None:
    scope = SCOPE_OF_METHOD.get(method, Scope.READ)
    if scope == Scope.DELETE:
        bucket.deletes += requests
    elif scope == Scope.WRITE:
        bucket.writes += requests
    else:
        bucket.reads += requests
