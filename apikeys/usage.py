"""When and from where a key was last used, and how often: buffered, so without a write for each request.

A secret's very first use is written at once: somebody is waiting to see it.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from accounts.utils.batches import delete_in_batches
from accounts.web.client import Client
from apikeys.models import APIKey, APIKeySecret, APIKeyUsage
from apikeys.usage_buffer import CLOCKS_DIFFER, Buffer, Use

KEPT_FOR = timedelta(days=400)


def record(key_id: int, client: Client) -> None:
    """Note that a key authenticated a request now. Memory only."""
    BUFFER.record(key_id, client)


def note_first_use(secret_id: int) -> None:
    """Write a secret's first use, and all that is pending, at once."""
    APIKeySecret.objects.filter(pk=secret_id, first_used_at=None).update(first_used_at=timezone.now())
    flush()


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


def requests_since(key: APIKey, since: datetime) -> int:
    """How many requests the key authenticated since the beginning of that hour."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    total: int | None = APIKeyUsage.objects.filter(key=key, hour__gte=hour).aggregate(n=Sum("requests"))["n"]
    return total or 0


def requests_by_key(user: User, since: datetime) -> dict[int, int]:
    """The same for all keys of a user, by the key's primary key; keys without a request are left out."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    counts = (
        APIKeyUsage.objects.filter(key__user=user, hour__gte=hour)
        .values_list("key")
        .annotate(n=Sum("requests"))
    )
    return dict(counts)


def delete_old(now: datetime | None = None) -> int:
    """Delete counters older than 400 days; return how many rows."""
    return delete_in_batches(APIKeyUsage.objects.filter(hour__lt=(now or timezone.now()) - KEPT_FOR))


_ADD = """
INSERT INTO apikeys_apikeyusage (key_id, hour, requests)
SELECT id, {hour}, %s FROM apikeys_apikey WHERE id = %s
ON CONFLICT (key_id, hour) DO UPDATE SET requests = apikeys_apikeyusage.requests + excluded.requests
"""


def _write(uses: dict[int, Use]) -> None:
    """Add the counts and move last use forward, never back; in the order of ids, against deadlocks.

    A last use in the future, from a clock that was wrong, is no later one: it is overwritten.
    """
    hour_field = APIKeyUsage._meta.get_field("hour")
    ordered, latest = sorted(uses.items()), timezone.now() + CLOCKS_DIFFER
    add = _ADD.format(hour="%s::timestamptz" if connection.vendor == "postgresql" else "%s")
    counts = [
        (hour_field.get_db_prep_value(hour, connection), count, key_id)
        for key_id, use in ordered
        for hour, count in sorted(use.hours.items())
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for key_id, use in ordered:
            APIKey.objects.filter(pk=key_id).exclude(last_used_at__range=(use.at, latest)).update(
                last_used_at=use.at, last_used_ip=use.client.ip, last_used_agent=use.client.agent
            )
        cursor.executemany(add, counts)


BUFFER = Buffer(_write)
