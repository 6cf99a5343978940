"""When an app was last used for a person: buffered as uses of keys are (apikeys.usage_buffer)."""

from django.db import transaction
from django.utils import timezone

from accounts.web.client import Client
from api.oauth.models import Grant
from apikeys.usage_buffer import CLOCKS_DIFFER, Buffer, Use


def record(grant_id: int, client: Client) -> None:
    """Note that an access token of the grant authenticated a request now."""
    BUFFER.record(grant_id, client)


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


def _write(uses: dict[int, Use]) -> None:
    """Move last use forward, never back but from the future; in the order of ids, against deadlocks."""
    latest = timezone.now() + CLOCKS_DIFFER
    with transaction.atomic():
        for grant_id, use in sorted(uses.items()):
            grant = Grant.objects.filter(pk=grant_id).exclude(last_used_at__range=(use.at, latest))
            grant.update(last_used_at=use.at)


BUFFER = Buffer(_write)
