"""A batch of uses into its tables: counts add up, moments move forward, each key keeps what is bounded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from accounts.utils.many_rows import move_last_uses
from apikeys.models import APIKey, APIKeyCaller, APIKeyTry, APIKeyUsage, UsagePeriod
from apikeys.usage import single_requests
from apikeys.usage.batch import CALLERS_A_DAY, Batch, CallerKey, Key, Tally, TryKey, rest_of


@transaction.atomic
def write(batch: Batch) -> None:
    """Store it all or nothing. What is about a key that has gone is dropped.

    The keys are locked first, in the order of their ids: two processes that write at once take turns for each
    key, never deadlock, and count its callers exactly.
    """
    keys = APIKey.objects.select_for_update(no_key=True).filter(pk__in=batch.key_ids).order_by("pk")
    known = set(keys.values_list("pk", flat=True))
    uses = ((key_id, at, by.ip, by.agent) for key_id, (at, by) in batch.last_uses.items() if key_id in known)
    move_last_uses(APIKey, ("last_used_ip", "last_used_agent"), uses)
    _add_counts(batch, known)
    _add_tallies(APIKeyCaller, CallerKey, _of(known, batch.callers))
    _add_tallies(APIKeyTry, TryKey, _of(known, batch.tries))
    single_requests.keep({key_id: uses for key_id, uses in batch.requests.items() if key_id in known})


def _of(known: set[int], tallies: dict[Key, Tally]) -> dict[Key, Tally]:
    return {key: tally for key, tally in tallies.items() if key.key_id in known}


def _add_counts(batch: Batch, known: set[int]) -> None:
    """By hour for the near past, by day for the years."""
    sums: dict[tuple[Any, ...], int] = {}
    for each, count in batch.counts.items():
        if each.key_id in known:
            day = each.hour.replace(hour=0)
            for period, at in ((UsagePeriod.HOUR, each.hour), (UsagePeriod.DAY, day)):
                row = (each.key_id, period.value, at, each.route, each.method, each.outcome.value)
                sums[row] = sums.get(row, 0) + count.count
    columns = ("key_id", "period", "at", "route", "method", "outcome")
    _upsert(APIKeyUsage, columns, ("requests",), "requests = {table}.requests + excluded.requests", sums)


def _add_tallies(model: type[APIKeyCaller | APIKeyTry], kind: type[Key], tallies: dict[Key, Tally]) -> None:
    """Add to the rows there are; a new one only while there is room for it, else to the rest."""
    if not tallies:
        return
    names = kind._fields
    days = model._default_manager.filter(
        key__in={key.key_id for key in tallies}, day__in={key.day for key in tallies}
    )
    rows = {kind(*row) for row in days.values_list(*names)}
    sizes = Counter(row.bounded_by for row in rows if not row.is_rest)
    sums: dict[Key, Tally] = {}
    for key, tally in tallies.items():
        place = key
        if place not in rows and not key.is_rest:
            if sizes[key.bounded_by] >= CALLERS_A_DAY:
                place = rest_of(key)
            else:
                sizes[key.bounded_by] += 1
        if (known := sums.get(place)) is None:
            sums[place] = Tally(tally.count, tally.first_at, tally.last_at)
        else:
            known.add(tally)
    _upsert(
        model,
        names,
        ("requests", "first_at", "last_at"),
        "requests = {table}.requests + excluded.requests, "
        "last_at = {later}({table}.last_at, excluded.last_at)",
        {place: (tally.count, tally.first_at, tally.last_at) for place, tally in sums.items()},
    )


def _upsert(
    model: type[models.Model],
    told_apart: Sequence[str],
    added: Sequence[str],
    update: str,
    rows: dict[tuple[Any, ...], Any],
) -> None:
    """Insert rows, or add to those there are: the same statement on both databases, in one order."""
    table = model._meta.db_table
    fields = [_field(model, name) for name in (*told_apart, *added)]
    marks = ", ".join(f"%s::{field.db_type(connection)}" if _is_postgresql() else "%s" for field in fields)
    statement = (
        f"INSERT INTO {table} ({', '.join(field.column for field in fields)}) VALUES ({marks}) "  # noqa: S608  names of ours
        f"ON CONFLICT ({', '.join(field.column for field in fields[: len(told_apart)])}) DO UPDATE SET "
        + update.format(table=table, later="GREATEST" if _is_postgresql() else "MAX")
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [
                    field.get_db_prep_value(value, connection)
                    for field, value in zip(fields, (*place, *_as_tuple(values)), strict=True)
                ]
                for place, values in sorted(rows.items(), key=lambda item: item[0])
            ],
        )


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _as_tuple(values: Any) -> Iterable[int | datetime]:
    return values if isinstance(values, tuple) else (values,)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
