"""The rules about API keys. Pages, the API, the admin and commands call these.

Each function is one transaction that first locks what it decides about, so that two at once cannot
both win. Live = not deleted and not revoked (contract, "Credentials").
"""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import activity
from accounts.batches import delete_in_batches
from accounts.client import NOBODY, Client
from accounts.models import Event, User
from accounts.names import clean_name, name_key
from apikeys import tokens
from apikeys.models import RESTORABLE_FOR, APIKey, APIKeyQuerySet, APIKeySecret, State
from apikeys.scopes import SCOPES_OF_PERMISSION, Permission

MAX_LIVE_KEYS = 50
NAME_TAKEN = "Name is already used by another live key. Choose a different one."
NAME_TAKEN_SINCE = "Another live key has this name now. Rename or delete that one, then restore this one."
TOO_MANY = f"You have {MAX_LIVE_KEYS} live keys, which is the most. Delete one that is not used any more."


class KeyEnded(Exception):
    """The key is deleted or revoked already, or its undo is over; the message says which."""


class FormUsed(Exception):
    """The form was sent before and made `key`."""

    def __init__(self, key: APIKey) -> None:
        super().__init__(f"{key.uid} was made by this form")
        self.key = key


@transaction.atomic
def create_key(
    user: User,
    *,
    name: str,
    permission: str,
    expires_at: datetime | None = None,
    form_id: str | None = None,
    client: Client = NOBODY,
) -> tuple[APIKey, str]:
    """Create a live key; return (key, raw key). The raw key is kept nowhere: show it once.

    One `form_id` makes one key, however often and however simultaneously it is sent.
    Raises ValidationError with a dict by field: bad or taken name, unknown permission, expiry in the
    past, 50 live keys; FormUsed.
    """
    _lock(user)
    refuse_used_form(user, form_id)
    name = _clean_name(name)
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "Expiry is in the past. Choose a later moment."})
    if not has_room(user):
        raise ValidationError(TOO_MANY)
    key = APIKey(user=user, permission=_clean_permission(permission), expires_at=expires_at, form_id=form_id)
    _set_name(key, name)
    _save(key)
    token = tokens.generate(tokens.Kind.API_KEY)
    APIKeySecret.objects.create(key=key, public_id=token.public_id, digest=token.digest)
    key.public_id = token.public_id
    activity.record(
        user, Event.KEY_CREATED, client, credential=key.uid, name=key.name, permission=key.permission
    )
    return key, token.raw


@transaction.atomic
def change_key(
    key: APIKey, *, name: str | None = None, permission: str | None = None, client: Client = NOBODY
) -> APIKey:
    """Rename a live key or change what it may do; None leaves as it is.

    Whether widening needs a recent sign-in is for the caller to judge with `widens`.
    Raises ValidationError with a dict by field; KeyEnded.
    """
    key = _locked(key)
    _refuse_ended(key)
    changed: dict[str, list[str]] = {}
    if name is not None and (new := _clean_name(name)) != key.name:
        changed["name"] = [key.name, new]
        _set_name(key, new)
    if permission is not None and (choice := _clean_permission(permission)) != key.permission:
        changed["permission"] = [key.permission, choice]
        key.permission = choice
    if changed:
        _save(key)
        activity.record(
            key.user, Event.KEY_CHANGED, client, credential=key.uid, name=key.name, changed=changed
        )
    return key


def refuse_used_form(user: User, form_id: str | None) -> None:
    """Raise FormUsed when the user's form made a key already, also one that has ended since."""
    made = None if form_id is None else user.api_keys.with_public_id().filter(form_id=form_id).first()
    if made is not None:
        raise FormUsed(made)


def has_room(user: User) -> bool:
    """True while the user may have one more live key."""
    return user.api_keys.live().count() < MAX_LIVE_KEYS


def widens(key: APIKey, permission: str) -> bool:
    """True when the key could do more with this permission than now."""
    return (
        not SCOPES_OF_PERMISSION[Permission(permission)] <= SCOPES_OF_PERMISSION[Permission(key.permission)]
    )


@transaction.atomic
def delete_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """End a key at once, with undo for 7 days. Raises KeyEnded when it has ended already."""
    key = _locked(key)
    _refuse_ended(key)
    key.deleted_at = timezone.now()
    key.save(update_fields=["deleted_at"])
    activity.record(key.user, Event.KEY_DELETED, client, credential=key.uid, name=key.name)
    return key


@transaction.atomic
def restore_key(key: APIKey, client: Client = NOBODY) -> APIKey:
    """Undo a deletion. Raises ValidationError (name or 50 taken); KeyEnded (revoked, or 7 days are over).

    A key that is not deleted stays as it is.
    """
    _lock(key.user)
    key = _locked(key)
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
        _save(key)
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
    key = _locked(key)
    if key.revoked_at:
        raise KeyEnded("This key was revoked already.")
    key.revoked_at, key.revoked_reason = timezone.now(), reason
    key.save(update_fields=["revoked_at", "revoked_reason"])
    activity.record(
        key.user, Event.KEY_REVOKED, client, credential=key.uid, name=key.name, reason=reason, by=by
    )
    return key


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


def _lock(user: User) -> None:
    """Let one change at a time decide about a user's set of live keys.

    Not the key of the row: with that, writing activity, which refers to the user, would wait for this lock
    while it holds a key's, and restoring would wait for the key's while it holds this one.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _locked(key: APIKey) -> APIKey:
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


def _refuse_ended(key: APIKey) -> None:
    if key.state == State.REVOKED:
        raise KeyEnded("This key was revoked already.")
    if key.state == State.DELETED:
        raise KeyEnded("This key is deleted already.")


def _clean_name(name: str) -> str:
    try:
        return clean_name(name)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from None


def _clean_permission(permission: str) -> str:
    if permission not in list(Permission):
        raise ValidationError({"permission": f"Permission must be {' or '.join(Permission)}."})
    return permission


def _set_name(key: APIKey, name: str) -> None:
    key.name, key.name_key = name, name_key(name)


def _save(key: APIKey) -> None:
    """Save; the database's own constraint decides whether the name is free."""
    try:
        with transaction.atomic():
            key.save()
    except IntegrityError:
        raise ValidationError({"name": NAME_TAKEN}) from None
