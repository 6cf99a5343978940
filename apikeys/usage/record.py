"""Noting what a caller did with a key: in memory, but for a secret's very first use.

That one is written at once: somebody is waiting to see it, and the end of an exchanged secret counts from it.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.utils.buffered_writes import Buffer
from accounts.web.client import Client
from apikeys.models import APIKey, APIKeySecret, TryReason
from apikeys.usage.batch import Batch, Try, Use
from apikeys.usage.write import write


def record_use(
    key_id: int,
    public_id: str,
    client: Client,
    *,
    method: str,
    route: str,
    status: int,
    request_id: str,
    is_accepted: bool = True,
) -> None:
    """Note one answered request. `route` is a pattern, `public_id` that of the secret. Memory only."""
    use = Use(key_id, public_id, client, timezone.now(), method, route, status, request_id, is_accepted)
    BUFFER.add(lambda batch: batch.note_use(use))


def record_try(key_id: int, reason: TryReason, client: Client) -> None:
    """Note a request that named a key and was not let in. Memory only."""
    tried = Try(key_id, reason, client.ip or "", timezone.now())
    BUFFER.add(lambda batch: batch.note_try(tried))


@transaction.atomic
def record_first_use(secret_id: int, client: Client) -> None:
    """Write a secret's first use at once; the secret that it replaces ends its grace after it."""
    now = timezone.now()
    secret = APIKeySecret.objects.select_for_update().filter(pk=secret_id, first_used_at=None).first()
    if secret is None:  # another request was faster
        return
    secret.first_used_at = now
    secret.save(update_fields=["first_used_at"])
    if secret.grace_seconds is not None:
        older = APIKeySecret.objects.filter(key=secret.key_id, pk__lt=secret.pk, retires_at=None)
        older.update(retires_at=now + timedelta(seconds=secret.grace_seconds))
    APIKey.objects.filter(pk=secret.key_id).update(
        last_used_at=now, last_used_ip=client.ip, last_used_agent=client.agent
    )


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


BUFFER = Buffer(Batch, write)
