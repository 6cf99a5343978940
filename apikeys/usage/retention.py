"""How long it is kept what keys were used for. The pages and the API's documents say so by IN_WORDS."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.utils.batches import delete_in_batches
from accounts.utils.durations import duration_in_words
from apikeys.models import (
    APIKeyCaller,
    APIKeyRequest,
    APIKeyRequestBatch,
    APIKeyTry,
    APIKeyUsage,
    UsagePeriod,
)
from apikeys.usage.batch import REQUESTS_KEPT as REQUESTS_AT_MOST

HOURS_KEPT = timedelta(days=90)  # counts by hour, callers and refused tries by day
DAYS_KEPT = timedelta(days=2 * 365)  # counts by day
REQUESTS_KEPT = timedelta(days=7)  # single requests, beside the newest REQUESTS_AT_MOST


def _say(length: timedelta) -> str:
    return duration_in_words(int(length.total_seconds()))


IN_WORDS = (
    f"Counts by hour are kept for {_say(HOURS_KEPT)}, by day for {_say(DAYS_KEPT)}, callers and refused "
    f"tries for {_say(HOURS_KEPT)}, single requests for {_say(REQUESTS_KEPT)} and at most {REQUESTS_AT_MOST}."
)


def delete_old(now: datetime | None = None) -> int:
    """Delete what is older; return how many rows."""
    now = now or timezone.now()
    old = (
        APIKeyUsage.objects.filter(period=UsagePeriod.HOUR, at__lt=now - HOURS_KEPT),
        APIKeyUsage.objects.filter(period=UsagePeriod.DAY, at__lt=now - DAYS_KEPT),
        APIKeyCaller.objects.filter(day__lt=(now - HOURS_KEPT).date()),
        APIKeyTry.objects.filter(day__lt=(now - HOURS_KEPT).date()),
        APIKeyRequestBatch.objects.filter(at__lt=now - REQUESTS_KEPT),
        APIKeyRequest.objects.filter(at__lt=now - REQUESTS_KEPT),
    )
    return sum(delete_in_batches(rows) for rows in old)
