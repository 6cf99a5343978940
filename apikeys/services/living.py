"""Making live keys and changing them."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import activity
from accounts.client import NOBODY, Client
from accounts.models import Event, User
from apikeys import tokens
from apikeys.models import APIKey, APIKeySecret
from apikeys.scopes import SCOPES_OF_PERMISSION, Permission
from apikeys.services.rows import (
    TOO_MANY,
    FormUsed,
    NeedsRecentSignIn,
    checked_name,
    checked_permission,
    has_room,
    lock_key,
    lock_keys_of,
    refuse_ended,
    save_key,
    set_name,
)

UNCHANGED = datetime.min.replace(tzinfo=UTC)  # told from None, which means: never expires


@transaction.atomic
def create_key(
    user: User,
    *,
    name: str,
    permission: str,
    expires_at: datetime | None = None,
    form_id: str | None = None,
    made_by: str = "",
    client: Client = NOBODY,
) -> tuple[APIKey, str]:
    """Create a live key; return (key, raw key). The raw key is kept nowhere: show it once.

    `made_by` is the grant of the app that makes it, "" for a person. One `form_id` makes one key, however
    often and however simultaneously it is sent.
    Raises ValidationError with a dict by field: bad or taken name, unknown permission, expiry in the
    past, 50 live keys; FormUsed.
    """
    lock_keys_of(user)
    refuse_used_form(user, form_id)
    name = checked_name(name)
    _refuse_past(expires_at)
    if not has_room(user):
        raise ValidationError(TOO_MANY)
    key = APIKey(
        user=user,
        permission=checked_permission(permission),
        expires_at=expires_at,
        form_id=form_id,
        made_by=made_by,
    )
    set_name(key, name)
    save_key(key)
    token = tokens.generate(tokens.Kind.API_KEY)
    APIKeySecret.objects.create(key=key, public_id=token.public_id, digest=token.digest)
    key.public_id = token.public_id
    activity.record(
        user, Event.KEY_CREATED, client, credential=key.uid, name=key.name, permission=key.permission
    )
    return key, token.raw


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
    if name is not None and (new := checked_name(name)) != key.name:
        changed["name"] = [key.name, new]
        set_name(key, new)
    if permission is not None and (choice := checked_permission(permission)) != key.permission:
        if not may_widen and widens(key, choice):
            raise NeedsRecentSignIn
        changed["permission"] = [key.permission, choice]
        key.permission = choice
    if expires_at is not UNCHANGED and expires_at != key.expires_at:
        _refuse_past(expires_at)
        if (
            not may_widen
            and key.expires_at is not None
            and (expires_at is None or expires_at > key.expires_at)
        ):
            raise NeedsRecentSignIn
        changed["expiry"] = [_day(key.expires_at), _day(expires_at)]
        key.expires_at = expires_at
    if changed:
        save_key(key)
        activity.record(
            key.user, Event.KEY_CHANGED, client, credential=key.uid, name=key.name, changed=changed
        )
    return key


def refuse_used_form(user: User, form_id: str | None) -> None:
    """Raise FormUsed when the user's form made a key already, also one that has ended since."""
    made = None if form_id is None else user.api_keys.with_public_id().filter(form_id=form_id).first()
    if made is not None:
        raise FormUsed(made)


def widens(key: APIKey, permission: str) -> bool:
    """True when the key could do more with this permission than now."""
    return (
        not SCOPES_OF_PERMISSION[Permission(permission)] <= SCOPES_OF_PERMISSION[Permission(key.permission)]
    )


def _refuse_past(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "Expiry is in the past. Choose a later moment."})


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
