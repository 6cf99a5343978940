"""From a presented key to the key and its user, in one query."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.utils.compiled_query import CompiledQuery
from accounts.web.client import Client
from apikeys import usage
from apikeys.models import APIKey, APIKeySecret, KeyState
from apikeys.tokens import Token

SECRET_FIELDS = ("id", "digest", "first_used_at", "retires_at")
KEY_FIELDS = (
    "id",
    "uid",
    "name",
    "permission",
    "created_at",
    "expires_at",
    "deleted_at",
    "revoked_at",
    "disabled_at",
    "enabled_at",
    "limited_to",
    "last_used_at",
)
USER_FIELDS = ("id", "uid", "email", "name", "plan", "is_active", "credentials_valid_after")

_by_public_id = CompiledQuery(
    lambda public_id: APIKeySecret.objects.filter(public_id=public_id).values_list(
        *SECRET_FIELDS,
        *(f"key__{name}" for name in KEY_FIELDS),
        *(f"key__user__{name}" for name in USER_FIELDS),
    )
)


class KeyRefused(Exception):
    """The key does not authenticate. The message may be shown: it tells more only to who holds the secret."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key that authenticates, its user, and the secret that was shown."""

    key: APIKey
    user: User
    secret_id: int
    is_first_use: bool


def authenticate_key(token: Token, client: Client) -> FoundKey:
    """Judge a well-formed key at this very moment and note its use. Raises KeyRefused."""
    found = _judge(token, timezone.now())
    usage.record(found.key.pk, client)
    if found.is_first_use:
        usage.note_first_use(found.secret_id)
    return found


def _judge(token: Token, now: datetime) -> FoundKey:
    row = _by_public_id.one(token.public_id)
    if row is None:
        raise KeyRefused("The API key is invalid.")
    secret_id, digest, first_used_at, retires_at = row[: len(SECRET_FIELDS)]
    if not hmac.compare_digest(bytes(digest), token.digest):
        raise KeyRefused("The API key is invalid.")
    split = len(SECRET_FIELDS) + len(KEY_FIELDS)
    key = APIKey.from_db("default", KEY_FIELDS, row[len(SECRET_FIELDS) : split])
    user = User.from_db("default", USER_FIELDS, row[split:])
    key.user = user
    state = key.state_at(now)
    if state == KeyState.REVOKED:
        raise KeyRefused("The API key has been revoked.")
    if state == KeyState.DELETED:
        raise KeyRefused("The API key has been deleted.")
    if not user.is_active:
        raise KeyRefused("The account of this API key is deactivated.")
    if state == KeyState.DISABLED:
        raise KeyRefused("The API key is disabled.")
    if state == KeyState.EXPIRED or (retires_at is not None and retires_at <= now):
        raise KeyRefused("The API key has expired.")
    return FoundKey(key, user, secret_id, is_first_use=first_used_at is None)
