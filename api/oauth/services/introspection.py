"""What a client may learn about its own tokens (RFC 7662)."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from api.oauth.models import AccessToken, Application, RefreshToken
from apikeys.tokens import Kind, MalformedToken, parse

BEARER = "Bearer"
INACTIVE = {"active": False}


def describe(raw_token: str, application: Application) -> dict[str, Any]:
    """`{"active": true, …}` for a live token of this app; `{"active": false}` for everything else."""
    try:
        token = parse(raw_token)
    except MalformedToken:
        return INACTIVE
    if token.kind == Kind.ACCESS_TOKEN:
        return _describe_access_token(token.digest.hex(), application)
    if token.kind == Kind.REFRESH_TOKEN:
        return _describe_refresh_token(token.digest.hex(), application)
    return INACTIVE


def _describe_access_token(checksum: str, application: Application) -> dict[str, Any]:
    row = (
        AccessToken.objects.select_related("user", "grant")
        .filter(token_checksum=checksum, application=application)
        .first()
    )
    if row is None or row.is_expired():
        return INACTIVE
    return _description(row, row.scope, application, exp=row.expires, token_type=BEARER)


def _describe_refresh_token(checksum: str, application: Application) -> dict[str, Any]:
    row = (
        RefreshToken.objects.select_related("user", "grant")
        .filter(token_checksum=checksum, application=application, revoked=None)
        .first()
    )
    if row is None or row.expires_at <= timezone.now():
        return INACTIVE
    return _description(row, row.scope, application, exp=row.expires_at)


def _description(
    row: AccessToken | RefreshToken, scope: str, application: Application, **more: Any
) -> dict[str, Any]:
    user = row.user
    ended = user.oauth_valid_after and row.authorized_at < user.oauth_valid_after
    scopes = [name for name in scope.split() if name in row.grant.scopes & application.scopes]
    if not user.may_act or ended or not scopes:
        return INACTIVE
    expires = more.pop("exp")
    return {
        "active": True,
        "scope": " ".join(scopes),
        "client_id": application.client_id,
        "sub": user.uid,
        "iss": settings.WEB_URL,
        "aud": f"{settings.API_URL}/v1",
        "iat": int(row.created.timestamp()),
        "exp": int(expires.timestamp()),
        **more,
    }
