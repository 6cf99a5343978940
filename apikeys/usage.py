"""When and from where a key was last used, and how often: true within seconds, without a write a request.

Uses gather in the process and are written together every USAGE_FLUSH_SECONDS, when the process ends,
and before a page shows them. A secret's very first use is written at once: somebody is waiting to see it.
"""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import util

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.batches import delete_in_batches
from accounts.client import Client
from accounts.models import User
from apikeys.models import APIKey, APIKeySecret, APIKeyUsage

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=400)


@dataclass(slots=True)
class _Use:
    """What one key did since the last flush."""

    at: datetime
    client: Client
    hours: dict[datetime, int] = field(default_factory=dict)


_lock = threading.Lock()
_pending: dict[int, _Use] = {}
_flushers: list[threading.Thread] = []  # the process's one, once it has started


def record(key_id: int, client: Client) -> None:
    """Note that a key authenticated a request now. Memory only."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        use = _pending.get(key_id)
        if use is None:
            use = _pending[key_id] = _Use(now, client)
        use.at, use.client = now, client
        use.hours[hour] = use.hours.get(hour, 0) + 1
    _start_flusher()


def note_first_use(secret_id: int) -> None:
    """Write a secret's first use, and all that is pending, at once."""
    APIKeySecret.objects.filter(pk=secret_id, first_used_at=None).update(first_used_at=timezone.now())
    flush()


def flush() -> None:
    """Write what is pending. When the database is away it stays pending, for the next time."""
    with _lock:
        uses = _pending.copy()
        _pending.clear()
    if not uses:
        return
    try:
        try:
            _write(uses)
        except IntegrityError:  # a key's row went while we wrote: the second time it is not found any more
            _write(uses)
    except DatabaseError:
        log.exception("last uses of %d keys could not be written; trying again later", len(uses))
        _put_back(uses)


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


def _write(uses: dict[int, _Use]) -> None:
    """Add the counts and move last use forward, never back; in the order of ids, against deadlocks."""
    hour_field = APIKeyUsage._meta.get_field("hour")
    ordered = sorted(uses.items())
    add = _ADD.format(hour="%s::timestamptz" if connection.vendor == "postgresql" else "%s")
    counts = [
        (hour_field.get_db_prep_value(hour, connection), count, key_id)
        for key_id, use in ordered
        for hour, count in sorted(use.hours.items())
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for key_id, use in ordered:
            APIKey.objects.filter(pk=key_id).exclude(last_used_at__gte=use.at).update(
                last_used_at=use.at, last_used_ip=use.client.ip, last_used_agent=use.client.agent
            )
        cursor.executemany(add, counts)


def _put_back(uses: dict[int, _Use]) -> None:
    with _lock:
        for key_id, use in uses.items():
            newer = _pending.setdefault(key_id, use)
            if newer is not use:
                for hour, count in use.hours.items():
                    newer.hours[hour] = newer.hours.get(hour, 0) + count


def _start_flusher() -> None:
    """Start the process's one flushing thread, on the first use: after the server has forked."""
    if _flushers or settings.USAGE_FLUSH_SECONDS is None:
        return
    with _lock:
        if not _flushers:
            _flushers.append(threading.Thread(target=_flush_forever, name="usage-flush", daemon=True))
            _flushers[0].start()
            # atexit does not run in a server's worker; multiprocessing's own finalizers do.
            util.Finalize(None, flush, exitpriority=100)


def _flush_forever() -> None:
    pause = threading.Event()
    while not pause.wait(settings.USAGE_FLUSH_SECONDS):
        try:
            flush()
        except Exception:
            log.exception("flushing last uses failed")
        finally:
            connection.close()
