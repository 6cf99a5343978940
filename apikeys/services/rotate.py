"""Exchanging a key's secret without downtime: a second one works beside the first until its grace is over."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import NOBODY, Client
from accounts.web.one_time_forms import refuse_used_form
from apikeys.models import APIKey, KeyState
from apikeys.rotation import Rotation, end_of_old, rotation_at
from apikeys.services.checks import StateForbids, refuse_ended
from apikeys.services.locks import lock_key, lock_keys_of
from apikeys.services.secrets import add_secret

GRACES = (0, 3600, 86400, 7 * 86400)  # seconds


@transaction.atomic
def rotate_key(
    key: APIKey,
    *,
    grace: int,
    form_id: str | None = None,
    may_rotate: bool = True,
    client: Client = NOBODY,
) -> tuple[APIKey, str]:
    """Give a key a second secret; return (key, raw key). The raw key is kept nowhere: show it once.

    The old secret works for `grace` seconds (one of GRACES) after the first use of the new one; with 0 it
    ends at that use. `may_rotate`: whether the caller has signed in recently.
    Raises ValidationError for the field `grace`; StateForbids (not active, or rotating already); FormUsed;
    NeedsRecentSignIn.
    """
    if grace not in GRACES:
        raise ValidationError({"grace": f"Grace must be one of {', '.join(map(str, GRACES))} seconds."})
    lock_keys_of(key.user)
    key = lock_key(key)
    refuse_used_form(key.secrets.all(), form_id)
    refuse_ended(key)
    _refuse_inactive(key)
    if _rotation(key):
        raise StateForbids("This key is rotating already. Finish or cancel that first.")
    if not may_rotate:
        raise NeedsRecentSignIn
    raw_key = add_secret(key, grace_seconds=grace, form_id=form_id)
    security_log.record(
        key.user, Event.KEY_ROTATED, client, credential=key.uid, name=key.name, step="started", grace=grace
    )
    return key, raw_key


@transaction.atomic
def finish_rotation(key: APIKey, client: Client = NOBODY) -> APIKey:
    """End the old secret now, whether the new one was used or not. Raises StateForbids."""
    key, rotation = _lock_rotating(key)
    rotation.old.retires_at = end_of_old(rotation.new, timezone.now())
    rotation.old.save(update_fields=["retires_at"])
    security_log.record(
        key.user, Event.KEY_ROTATED, client, credential=key.uid, name=key.name, step="finished"
    )
    return key


@transaction.atomic
def cancel_rotation(key: APIKey, *, may_cancel: bool = True, client: Client = NOBODY) -> APIKey:
    """End the new secret, which nobody has used yet: the old one stays the only one.

    `may_cancel`: whether the caller has signed in recently. Raises StateForbids; NeedsRecentSignIn.
    """
    lock_keys_of(key.user)
    key, rotation = _lock_rotating(key)
    if rotation.new_used_at:
        raise StateForbids("The new secret is in use already. Finish the rotation instead.")
    if not may_cancel:
        raise NeedsRecentSignIn
    rotation.new.delete()
    security_log.record(
        key.user, Event.KEY_ROTATED, client, credential=key.uid, name=key.name, step="cancelled"
    )
    return lock_key(key)


def _lock_rotating(key: APIKey) -> tuple[APIKey, Rotation]:
    """The key and its rotation, locked against the first use of the new secret. Raises StateForbids."""
    key = lock_key(key)
    refuse_ended(key)
    rotation = _rotation(key)
    if rotation is None:
        raise StateForbids("This key is not rotating.")
    return key, rotation


def _rotation(key: APIKey) -> Rotation | None:
    return rotation_at(key, timezone.now())


def _refuse_inactive(key: APIKey) -> None:
    if key.state == KeyState.DISABLED:
        raise StateForbids("This key is disabled. Enable it, then rotate it.")
    if key.state == KeyState.EXPIRED:
        raise StateForbids("This key has expired. Extend it, then rotate it.")
