"""How long it is kept what keys were used for. The pages say so."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.utils.batches import delete_in_batches
from apikeys.models import APIKeyCaller, APIKeyRequest, APIKeyTry, APIKeyUsage, UsagePeriod

HOURS_KEPT = timedelta(days=90)  # counts by hour, callers and refused tries by day
DAYS_KEPT = timedelta(days=2 * 365)  # counts by day
REQUESTS_KEPT = timedelta(days=7)  # single requests, beside the newest 100


def delete_old(now: datetime | None = None) -> int:
    """Delete what is older; return how many rows."""
    now = now or timezone.now()
    old = (
        APIKeyUsage.objects.filter(period=UsagePeriod.HOUR, at__lt=now - HOURS_KEPT),
        APIKeyUsage.objects.filter(period=UsagePeriod.DAY, at__lt=now - DAYS_KEPT),
        APIKeyCaller.objects.filter(day__lt=(now - HOURS_KEPT).date()),
        APIKeyTry.objects.filter(day__lt=(now - HOURS_KEPT).date()),
        APIKeyRequest.objects.filter(at__lt=now - REQUESTS_KEPT),
    )
    return sum(delete_in_batches(rows) for rows in old)
