"""What the rules share: checked values, and what can be refused."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.utils.display_names import clean_name, name_key
from apikeys.models import APIKey, KeyState
from apikeys.scopes import Permission

MAX_LIVE_KEYS = 50
NAME_TAKEN = "Name is already used by another live key. Choose a different one."
TOO_MANY = f"You have {MAX_LIVE_KEYS} live keys, which is the most. Delete one that is not used any more."


class StateForbids(Exception):
    """What the key is right now does not allow it; the message says why, and what to do."""


class KeyEnded(StateForbids):
    """The key is deleted or revoked already, or its undo is over; the message says which."""


def has_room(user: User) -> bool:
    """True while the user may have one more live key."""
    return user.api_keys.live().count() < MAX_LIVE_KEYS


def refuse_ended(key: APIKey) -> None:
    """Raise KeyEnded unless the key is live."""
    if key.state == KeyState.REVOKED:
        raise KeyEnded("This key was revoked already.")
    if key.state == KeyState.DELETED:
        raise KeyEnded("This key is deleted already.")


def checked_name(name: str) -> str:
    """The name, trimmed. Raises ValidationError for the field `name`."""
    try:
        return clean_name(name)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from None


def checked_permission(permission: str) -> str:
    """The permission. Raises ValidationError for the field `permission`."""
    if permission not in list(Permission):
        raise ValidationError({"permission": f"Permission must be {' or '.join(Permission)}."})
    return permission


def set_name(key: APIKey, name: str) -> None:
    """Set the name and the form in which it counts for uniqueness."""
    key.name, key.name_key = name, name_key(name)


def save_key(key: APIKey) -> None:
    """Save; the database's own constraint decides whether the name is free."""
    try:
        with transaction.atomic():
            key.save()
    except IntegrityError:
        raise ValidationError({"name": NAME_TAKEN}) from None


def refuse_past(expires_at: datetime | None) -> None:
    """Raise ValidationError for the field `expires_at` when it is over already."""
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "Expiry is in the past. Choose a later moment."})
