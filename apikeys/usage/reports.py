"""What an owner sees of a key's use: counts over time, endpoints, callers, refused tries, single requests."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Case, Max, Min, Q, QuerySet, Sum, When

from apikeys.models import (
    APIKey,
    APIKeyCaller,
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
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if period == UsagePeriod.HOUR else hour.replace(hour=0)


def number_of_buckets(period: UsagePeriod, start: datetime, end: datetime) -> int:
    """How many hours or days there are from that of `start` to that of `end`, both counted."""
    return (begin_of(period, end) - begin_of(period, start)) // STEPS[period] + 1


def buckets(key: APIKey, period: UsagePeriod, start: datetime, end: datetime) -> list[Bucket]:
    """Every hour or day from that of `start` to that of `end`, the empty ones too, oldest first."""
    first, last = begin_of(period, start), begin_of(period, end)
    moments = (first + number * STEPS[period] for number in range(number_of_buckets(period, start, end)))
    made = {at: Bucket(at) for at in moments}
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
    """Who used a key: `address` is "" when unknown, `is_rest` sums up those who are not told apart."""

    address: str
    agent: str
    public_id: str
    is_rest: bool
    requests: int
    first_at: datetime
    last_at: datetime


def callers(
    key: APIKey,
    since: datetime,
    *,
    until: datetime | None = None,
    of: APIKeySecret | None = None,
    most: int = 50,
) -> list[Caller]:
    """Who used the key, or one secret `of` it, since a moment: the last seen first, then by secret the rest.

    What they did is counted by the day: of the day of that moment, all of it.
    """
    rows = APIKeyCaller.objects.filter(key=key, day__gte=since.date(), last_at__gte=since)
    if until is not None:
        rows = rows.filter(first_at__lte=until)
    if of is not None:
        rows = rows.filter(public_id=of.public_id)
    names = ("address", "agent", "public_id", "is_rest")
    grouped = rows.values_list(*names).annotate(n=Sum("requests"), first=Min("first_at"), last=Max("last_at"))
    found = (Caller(*row) for row in grouped.order_by("is_rest", "-last"))
    return _bounded(found, most, lambda caller: caller.public_id, address="", agent="")


@dataclass(frozen=True, slots=True)
class RefusedTry:
    """Somebody who named the key and was not let in."""

    address: str
    agent: str
    reason: str
    is_rest: bool
    requests: int
    first_at: datetime
    last_at: datetime


def refused_tries(key: APIKey, since: datetime, most: int = 50) -> list[RefusedTry]:
    """Who was not let in since that day: who held the secret before who did not, the last first, then by
    reason the rest.
    """
    rows = APIKeyTry.objects.filter(key=key, day__gte=since.date())
    grouped = rows.values_list("address", "agent", "reason", "is_rest").annotate(
        n=Sum("requests"),
        first=Min("first_at"),
        last=Max("last_at"),
        is_strange=Case(When(reason=TryReason.WRONG_SECRET, then=True), default=False),
    )
    ordered = grouped.order_by("is_rest", "is_strange", "-last")
    found = (RefusedTry(*row[:7]) for row in ordered)
    return _bounded(found, most, lambda tried: tried.reason, address="", agent="")


def wrong_secrets(key: APIKey, since: datetime) -> int:
    """How many tries with the key's public id and a wrong secret there were since that day."""
    tries = APIKeyTry.objects.filter(key=key, day__gte=since.date(), reason=TryReason.WRONG_SECRET)
    total: int | None = tries.aggregate(n=Sum("requests"))["n"]
    return total or 0


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


Row = TypeVar("Row", Caller, RefusedTry)


def _bounded(rows: Iterable[Row], most: int, by: Callable[[Row], str], **blank: str) -> list[Row]:
    """The first rows, then the others summed up by something; `blank` is what a sum leaves open."""
    named: list[Row] = []
    others: dict[str, list[Row]] = {}
    for row in rows:
        if row.is_rest or len(named) == most:
            others.setdefault(by(row), []).append(row)
        else:
            named.append(row)
    sums: list[Row] = [
        replace(
            rest[0],
            is_rest=True,
            requests=sum(row.requests for row in rest),
            first_at=min(row.first_at for row in rest),
            last_at=max(row.last_at for row in rest),
            **blank,
        )
        for rest in others.values()
    ]
    return named + sums


def _counts(key: APIKey, period: UsagePeriod, first: datetime, last: datetime) -> QuerySet[APIKeyUsage]:
    return APIKeyUsage.objects.filter(key=key, period=period, at__gte=first, at__lte=last)


def _add_to_kind(bucket: Bucket, method: str, requests: int) -> None:
    scope = SCOPE_OF_METHOD.get(method, Scope.READ)
    if scope == Scope.DELETE:
        bucket.deletes += requests
    elif scope == Scope.WRITE:
        bucket.writes += requests
    else:
        bucket.reads += requests
