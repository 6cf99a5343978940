"""Ending keys, and undoing it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.utils.batches import delete_in_batches
from accounts.web.client import NOBODY, Client
from apikeys.models import RESTORABLE_FOR, RESTORABLE_IN_WORDS, APIKey
from apikeys.services.checks import TOO_MANY, KeyEnded, has_room, refuse_ended, save_key
from apikeys.services.locks import lock_key, lock_keys_of

NAME_TAKEN_SINCE = "Another live key has this name now. Rename or delete that one, then restore this one."


@transaction.atomic
def delete_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """End a key at once; for RESTORABLE_FOR that can be undone. Raises KeyEnded when it has ended already."""
    key = lock_key(key)
    refuse_ended(key)
    key.deleted_at = timezone.now()
    key.save(update_fields=["deleted_at"])
    security_log.record(key.user, Event.KEY_DELETED, client, credential=key.uid, name=key.name)
    return key


@transaction.atomic
def restore_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """Undo a deletion. Raises ValidationError (name or 50 taken); KeyEnded (revoked, or too late);
    NeedsRecentSignIn.

    A key that is not deleted stays as it is.
    """
    lock_keys_of(key.user)
    key = lock_key(key)
    if key.revoked_at:
        raise KeyEnded("This key was revoked. That cannot be undone.")
    if key.deleted_at is None:
        return key
    if key.deleted_at + RESTORABLE_FOR <= timezone.now():
        raise KeyEnded(f"The {RESTORABLE_IN_WORDS} in which this key could be restored are over.")
    if not has_room(key.user):
        raise ValidationError(TOO_MANY)
    key.deleted_at = None
    try:
        save_key(key)
    except ValidationError:
        raise ValidationError(NAME_TAKEN_SINCE) from None
    security_log.record(key.user, Event.KEY_RESTORED, client, credential=key.uid, name=key.name)
    return key


@transaction.atomic
def revoke_key(key: APIKey, *, reason: str, by: str, client: Client = NOBODY) -> APIKey:
    """End a key at once and for good; also one that is deleted but could be restored.

    `reason` is shown to the owner, `by` says who: "staff" or "command line".
    Raises KeyEnded when it is revoked already.
    """
    key = lock_key(key)
    if key.revoked_at:
        raise KeyEnded("This key was revoked already.")
    key.revoked_at, key.revoked_reason = timezone.now(), reason
    key.save(update_fields=["revoked_at", "revoked_reason"])
    security_log.record(
        key.user, Event.KEY_REVOKED, client, credential=key.uid, name=key.name, reason=reason, by=by
    )
    return key


def revoke_keys_made_by(grant_id: str) -> None:
    """End the keys that an app made, together with what let it make them."""
    for key in APIKey.objects.filter(made_by=grant_id, revoked_at=None):
        revoke_key(key, reason="The app that made it was disconnected.", by="app")


def delete_ended_keys(now: datetime | None = None) -> int:
    """Delete the rows of keys that can be restored no more; return how many keys went."""
    before = (now or timezone.now()) - RESTORABLE_FOR
    ended = APIKey.objects.filter(deleted_at__lt=before) | APIKey.objects.filter(revoked_at__lt=before)
    return delete_in_batches(ended)
