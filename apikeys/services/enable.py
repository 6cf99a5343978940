"""Letting a disabled key work again."""

from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import NOBODY, Client
from apikeys.models import APIKey, DisabledBy
from apikeys.services.checks import KeyEnded, refuse_ended
from apikeys.services.locks import lock_key, lock_keys_of


@transaction.atomic
def enable_key(key: APIKey, *, may_enable: bool = True, client: Client = NOBODY) -> APIKey:
    """Let its owner end what disables a live key; one that is not disabled stays as it is.

    `may_enable`: whether the caller has signed in recently.
    Raises NeedsRecentSignIn; KeyEnded (deleted or revoked, or disabled by staff).
    """
    lock_keys_of(key.user)
    key = lock_key(key)
    refuse_ended(key)
    if key.disabled_since is None:
        return key
    if key.disabled_for == DisabledBy.STAFF:
        raise KeyEnded("Craft's staff disabled this key, and they alone can enable it.")
    if not may_enable:
        raise NeedsRecentSignIn
    key.disabled_at, key.disabled_by, key.enabled_at = None, "", timezone.now()
    key.save(update_fields=["disabled_at", "disabled_by", "enabled_at"])
    security_log.record(key.user, Event.KEY_ENABLED, client, credential=key.uid, name=key.name)
    return key
