"""The security log: written from the first event on, read by its owner."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.events import Event
from accounts.models import Activity, User
from accounts.utils.batches import delete_in_batches
from accounts.web.client import NOBODY, Client

KEPT_FOR = timedelta(days=365)


def record(
    user: User, event: Event, client: Client = NOBODY, *, credential: str = "", **details: Any
) -> Activity:
    """Write one line. `credential` is a public id; `details` are JSON values, never a secret."""
    return Activity.objects.create(
        user=user, event=event, ip=client.ip, user_agent=client.agent, credential=credential, details=details
    )


def delete_old(now: datetime | None = None) -> int:
    """Delete lines older than a year; return how many."""
    return delete_in_batches(Activity.objects.filter(at__lt=(now or timezone.now()) - KEPT_FOR))
