"""From a presented key to the key and its user, in one query."""

import hmac
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from accounts.models.users import CALLER_FIELDS
from accounts.utils.compiled_query import CompiledQuery, instance_of
from apikeys import usage
from apikeys.models import APIKey, APIKeySecret, KeyState, TryReason
from apikeys.tokens import Token
from apikeys.usage import Call

SECRET_FIELDS = ("id", "digest", "first_used_at", "retires_at")
KEY_FIELDS = (
    "id",
    "user_id",
    "uid",
    "name",
    "permission",
    "created_at",
    "expires_at",
    "deleted_at",
    "revoked_at",
    "disabled_at",
    "disabled_until",
    "enabled_at",
    "limited_to",
    "last_used_at",
)
USER_OF_KEY = APIKey._meta.get_field("user")
# What the holder of the true secret is told of a key in this state, and how its owner reads of it.
REFUSALS = {
    KeyState.REVOKED: ("The API key has been revoked.", TryReason.ENDED),
    KeyState.DELETED: ("The API key has been deleted.", TryReason.ENDED),
    KeyState.DISABLED: ("The API key is disabled.", TryReason.DISABLED),
    KeyState.EXPIRED: ("The API key has expired.", TryReason.EXPIRED),
}

_by_public_id = CompiledQuery(
    lambda public_id: APIKeySecret.objects.filter(public_id=public_id).values_list(
        *SECRET_FIELDS,
        *(f"key__{name}" for name in KEY_FIELDS),
        *(f"key__user__{name}" for name in CALLER_FIELDS),
    )
)


class KeyRefused(Exception):
    """The key does not authenticate. The message may be shown: it tells more only to who holds the secret.

    `note_answer` is to be called with the status of the answer, where the true secret was shown.
    """

    def __init__(self, message: str, note_answer: Callable[[int], None] | None = None) -> None:
        super().__init__(message)
        self.note_answer = note_answer


class FoundKey(NamedTuple):
    """A key that authenticates, its user, and when the secret that was shown ends; None: not by itself."""

    key: APIKey
    user: User
    ends_at: datetime | None


def authenticate_key(token: Token, call: Call) -> FoundKey:
    """Judge a well-formed key at this very moment. Raises KeyRefused.

    Its use is noted once the call is answered (apikeys.usage.record_use); here only a secret's first one, and
    for the owner who was not let in.
    """
    now = timezone.now()
    row = _by_public_id.one(token.public_id)
    if row is None:
        raise KeyRefused("The API key is invalid.")
    secret_id, digest, first_used_at, retires_at = row[: len(SECRET_FIELDS)]
    split = len(SECRET_FIELDS) + len(KEY_FIELDS)
    key = instance_of(APIKey, KEY_FIELDS, row[len(SECRET_FIELDS) : split])
    if not hmac.compare_digest(bytes(digest), token.digest):
        usage.record_try(key.pk, TryReason.WRONG_SECRET, call.client)
        raise KeyRefused("The API key is invalid.")
    user = instance_of(User, CALLER_FIELDS, row[split:])
    USER_OF_KEY.set_cached_value(key, user)  # key.user = user asks what has been asked: 4 µs
    if refusal := _refusal(key, retires_at, now):
        message, reason = refusal
        usage.record_try(key.pk, reason, call.client)
        raise KeyRefused(message, partial(usage.record_use, key.pk, token.public_id, call, is_accepted=False))
    if first_used_at is None and not usage.record_first_use(secret_id, call.client):
        raise KeyRefused("The API key is invalid.")  # its rotation was cancelled this very moment
    return FoundKey(key, user, _earlier(retires_at, key.expires_at))


def _refusal(key: APIKey, retires_at: datetime | None, now: datetime) -> tuple[str, TryReason] | None:
    """Why the true secret of this key is not accepted; None when it is."""
    state = key.state_at(now)
    if not key.user.may_act and state not in (KeyState.REVOKED, KeyState.DELETED):
        what = "closing" if key.user.is_active else "deactivated"
        return f"The account of this API key is {what}.", TryReason.DISABLED
    if state in REFUSALS:
        return REFUSALS[state]
    if retires_at is not None and retires_at <= now:
        return "This secret was replaced by a rotation. Use the key's new one.", TryReason.REPLACED
    return None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
