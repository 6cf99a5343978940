"""Changing live keys: their name, what they may do, and until when."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import NOBODY, Client
from apikeys.models import APIKey
from apikeys.scopes import SCOPES_OF_PERMISSION, Permission
from apikeys.services import mails
from apikeys.services.checks import (
    checked_name,
    checked_permission,
    refuse_ended,
    refuse_past,
    save_key,
    set_name,
)
from apikeys.services.expiry import passed_notice
from apikeys.services.locks import lock_key

UNCHANGED = datetime.min.replace(tzinfo=UTC)  # told from None, which means: never expires


@transaction.atomic
def change_key(
    key: APIKey,
    *,
    name: str | None = None,
    permission: str | None = None,
    expires_at: datetime | None = UNCHANGED,
    may_widen: bool = True,
    client: Client = NOBODY,
) -> APIKey:
    """Rename a live key, or change what it may do and until when (None = for ever).

    `may_widen`: whether the caller has signed in recently enough for a key that can do more or lives
    longer. Judged here, under the lock, and not by what the caller saw of the key.
    Raises ValidationError with a dict by field; NeedsRecentSignIn; KeyEnded.
    """
    key = lock_key(key)
    refuse_ended(key)
    changed: dict[str, list[str | None]] = {}
    is_widened = False
    if name is not None and (new := checked_name(name)) != key.name:
        changed["name"] = [key.name, new]
        set_name(key, new)
    if permission is not None and (choice := checked_permission(permission)) != key.permission:
        is_widened = widens(key, choice)
        if is_widened and not may_widen:
            raise NeedsRecentSignIn
        changed["permission"] = [key.permission, choice]
        key.permission = choice
    if expires_at is not UNCHANGED and expires_at != key.expires_at:
        refuse_past(expires_at)
        if (
            not may_widen
            and key.expires_at is not None
            and (expires_at is None or expires_at > key.expires_at)
        ):
            raise NeedsRecentSignIn
        changed["expiry"] = [_day(key.expires_at), _day(expires_at)]
        key.expires_at, key.expiry_notice_days = expires_at, passed_notice(expires_at, timezone.now())
    if changed:
        save_key(key)
        if is_widened:
            mails.send_widened(key, client)
        security_log.record(
            key.user, Event.KEY_CHANGED, client, credential=key.uid, name=key.name, changed=changed
        )
    return key


def widens(key: APIKey, permission: str) -> bool:
    """True when the key could do more with this permission than now."""
    return (
        not SCOPES_OF_PERMISSION[Permission(permission)] <= SCOPES_OF_PERMISSION[Permission(key.permission)]
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
