"""What the rules share: locks, checked values, and what can be refused."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.names import clean_name, name_key
from apikeys.models import APIKey, State
from apikeys.scopes import Permission

MAX_LIVE_KEYS = 50
NAME_TAKEN = "Name is already used by another live key. Choose a different one."
TOO_MANY = f"You have {MAX_LIVE_KEYS} live keys, which is the most. Delete one that is not used any more."


class KeyEnded(Exception):
    """The key is deleted or revoked already, or its undo is over; the message says which."""


class NeedsRecentSignIn(Exception):
    """The key would be able to do more, or for longer: that takes a sign-in of the last 15 minutes."""


class FormUsed(Exception):
    """The form was sent before and made `key`."""

    def __init__(self, key: APIKey) -> None:
        super().__init__(f"{key.uid} was made by this form")
        self.key = key


def has_room(user: User) -> bool:
    """True while the user may have one more live key."""
    return user.api_keys.live().count() < MAX_LIVE_KEYS


def lock_keys_of(user: User) -> None:
    """Let one change at a time decide about a user's set of live keys.

    Not the key of the row: with that, writing activity, which refers to the user, would wait for this lock
    while it holds a key's, and restoring would wait for the key's while it holds this one.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def lock_key(key: APIKey) -> APIKey:
    """The key's row as it is now, locked. Raises KeyEnded when the row is gone."""
    try:
        return (
            APIKey.objects.with_public_id()
            .select_related("user")
            .select_for_update(of=("self",))
            .get(pk=key.pk)
        )
    except APIKey.DoesNotExist:
        raise KeyEnded("This key is deleted.") from None


def refuse_ended(key: APIKey) -> None:
    """Raise KeyEnded unless the key is live."""
    if key.state == State.REVOKED:
        raise KeyEnded("This key was revoked already.")
    if key.state == State.DELETED:
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
