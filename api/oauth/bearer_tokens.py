"""From a presented access token to its app, grant and user, in one query."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from accounts.models.users import CALLER_FIELDS
from accounts.utils.compiled_query import CompiledQuery, instance_of
from accounts.web.client import Client
from api.oauth.models import AccessToken
from api.oauth.models.applications import effective_scopes
from api.oauth.services import last_use
from apikeys.scopes import Scope
from apikeys.tokens import Token

TOKEN_FIELDS = (
    *("scope", "created", "expires", "authorized_at"),
    *("grant_id", "grant__uid", "grant__last_used_at"),
)
APP_FIELDS = (
    *("client_id", "name", "allowed_scope", "admin_enabled", "disabled_at"),
    *("user__is_active", "user__closing_at"),
)
# credentials_valid_after is not judged here: what it would end, oauth_valid_after has ended.
USER_FIELDS = (*CALLER_FIELDS, "oauth_valid_after")

_by_checksum = CompiledQuery(
    lambda checksum: AccessToken.objects.filter(token_checksum=checksum).values_list(
        *TOKEN_FIELDS,
        *(f"application__{name}" for name in APP_FIELDS),
        *(f"user__{name}" for name in USER_FIELDS),
    )
)


class TokenRefused(Exception):
    """The token does not authenticate. The message may be shown."""


class FoundToken(NamedTuple):
    """An access token that authenticates. `scopes`: granted ∩ what the app may ask for now."""

    user: User
    scopes: frozenset[Scope]
    client_id: str
    app_name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    grant_uid: str


def authenticate_token(token: Token, client: Client) -> FoundToken:
    """Judge a well-formed access token at this very moment and note its use. Raises TokenRefused."""
    row = _by_checksum.one(hashlib.sha256(token.raw.encode("ascii")).hexdigest())
    if row is None:
        raise TokenRefused("The access token is invalid or was revoked.")
    scope, created, expires, authorized_at, grant_id, grant_uid, last_used_at = row[: len(TOKEN_FIELDS)]
    split = len(TOKEN_FIELDS) + len(APP_FIELDS)
    app = row[len(TOKEN_FIELDS) : split]
    client_id, app_name, allowed, admin_enabled, disabled_at, owner_active, owner_closing_at = app
    user = instance_of(User, USER_FIELDS, row[split:])
    if expires <= timezone.now():
        raise TokenRefused("The access token has expired.")
    if disabled_at is not None or not owner_active or owner_closing_at is not None:
        raise TokenRefused("The app is disabled.")
    if not user.may_act:
        what = "closing" if user.is_active else "deactivated"
        raise TokenRefused(f"The account of this access token is {what}.")
    if user.oauth_valid_after and authorized_at < user.oauth_valid_after:
        raise TokenRefused("The access token was revoked.")
    last_use.record(grant_id)
    scopes = _scopes_of(scope, allowed, admin_enabled)
    return FoundToken(user, scopes, client_id, app_name, created, expires, last_used_at, grant_uid)


@lru_cache(maxsize=256)  # few lists of scopes are ever granted, and to read one takes 6 µs
def _scopes_of(granted: str, allowed: str, admin_enabled: bool) -> frozenset[Scope]:
    scopes = frozenset(Scope(name) for name in granted.split())
    return scopes & effective_scopes(allowed, admin_enabled=admin_enabled)
