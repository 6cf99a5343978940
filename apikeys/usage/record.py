"""Noting what a caller did with a key: in memory, but for a secret's very first use.

That one is written at once: somebody is waiting to see it, and the end of an exchanged secret counts from it.
"""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from accounts.utils.buffered_writes import Buffer
from accounts.web.client import Client
from apikeys.models import APIKey, APIKeySecret, TryReason
from apikeys.rotation import end_of_old
from apikeys.usage.batch import Batch, Call, Try, Use
from apikeys.usage.write import write


def record_use(key_id: int, public_id: str, call: Call, status: int, *, is_accepted: bool = True) -> None:
    """Note one answered call. `public_id` is that of the secret. Memory only."""
    now = datetime.now(UTC)  # Django's timezone.now() looks at the settings first, which takes as long again
    BUFFER.add(Batch.note_use, Use(key_id, public_id, call, now, status, is_accepted))


def record_try(key_id: int, reason: TryReason, client: Client) -> None:
    """Note a request that named a key and was not let in. Memory only."""
    BUFFER.add(Batch.note_try, Try(key_id, reason, client, timezone.now()))


@transaction.atomic
def record_first_use(secret_id: int, client: Client) -> bool:
    """Write a secret's first use at once; the secret that it replaces ends its grace after it.

    False when there is no such secret any more. The key is locked first, as whoever cancels a rotation does.
    """
    now = timezone.now()
    key = APIKey.objects.select_for_update(of=("self",), no_key=True).filter(secrets=secret_id).first()
    secret = APIKeySecret.objects.filter(pk=secret_id).first() if key else None
    if key is None or secret is None:
        return False
    if secret.first_used_at is None:  # else another call was faster
        secret.first_used_at = now
        secret.save(update_fields=["first_used_at"])
        if secret.grace_seconds is not None:
            older = APIKeySecret.objects.filter(key=key, pk__lt=secret.pk, retires_at=None)
            older.update(retires_at=end_of_old(secret, now, grace=secret.grace_seconds))
        key.last_used_at, key.last_used_ip, key.last_used_agent = now, client.ip, client.agent
        key.save(update_fields=["last_used_at", "last_used_ip", "last_used_agent"])
    return True


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


BUFFER = Buffer(Batch, write)
