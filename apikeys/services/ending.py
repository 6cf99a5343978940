"""Ending keys, undoing it, and finding them."""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import activity
from accounts.batches import delete_in_batches
from accounts.client import NOBODY, Client
from accounts.models import Event
from apikeys.models import RESTORABLE_FOR, APIKey, APIKeyQuerySet
from apikeys.services.rows import (
    TOO_MANY,
    KeyEnded,
    has_room,
    lock_key,
    lock_keys_of,
    refuse_ended,
    save_key,
)

NAME_TAKEN_SINCE = "Another live key has this name now. Rename or delete that one, then restore this one."


@transaction.atomic
def delete_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """End a key at once, with undo for 7 days. Raises KeyEnded when it has ended already."""
    key = lock_key(key)
    refuse_ended(key)
    key.deleted_at = timezone.now()
    key.save(update_fields=["deleted_at"])
    activity.record(key.user, Event.KEY_DELETED, client, credential=key.uid, name=key.name)
    return key


@transaction.atomic
def restore_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """Undo a deletion. Raises ValidationError (name or 50 taken); KeyEnded (revoked, or 7 days are over).

    A key that is not deleted stays as it is.
    """
    lock_keys_of(key.user)
    key = lock_key(key)
    if key.revoked_at:
        raise KeyEnded("This key was revoked. That cannot be undone.")
    if key.deleted_at is None:
        return key
    if key.deleted_at + RESTORABLE_FOR <= timezone.now():
        raise KeyEnded("The 7 days in which this key could be restored are over.")
    if not has_room(key.user):
        raise ValidationError(TOO_MANY)
    key.deleted_at = None
    try:
        save_key(key)
    except ValidationError:
        raise ValidationError({"name": NAME_TAKEN_SINCE}) from None
    activity.record(key.user, Event.KEY_RESTORED, client, credential=key.uid, name=key.name)
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
    activity.record(
        key.user, Event.KEY_REVOKED, client, credential=key.uid, name=key.name, reason=reason, by=by
    )
    return key


def revoke_keys_made_by(grant_id: str) -> None:
    """End the keys that an app made, together with what let it make them."""
    for key in APIKey.objects.filter(made_by=grant_id, revoked_at=None):
        revoke_key(key, reason="The app that made it was disconnected.", by="app")


def find_keys(identifier: str) -> APIKeyQuerySet:
    """The key that `key_…`, a public id, `craft_key_<public id>` or a whole raw key names; or none.

    A raw key is found by its public id alone: who may search may see the key's row anyway.
    """
    text = identifier.strip()
    keys = APIKey.objects.with_public_id()
    if re.fullmatch(r"key_[0-9A-Za-z]{1,40}", text):
        return keys.filter(uid=text)
    match = re.fullmatch(r"(?:craft_key_)?([0-9A-Za-z]{12})(?:_[0-9A-Za-z]*)?", text)
    return keys.filter(secrets__public_id=match[1]) if match else keys.none()


def delete_ended_keys(now: datetime | None = None) -> int:
    """Delete the rows of keys that ended more than 7 days ago; return how many keys went."""
    before = (now or timezone.now()) - RESTORABLE_FOR
    ended = APIKey.objects.filter(deleted_at__lt=before) | APIKey.objects.filter(revoked_at__lt=before)
    return delete_in_batches(ended)
