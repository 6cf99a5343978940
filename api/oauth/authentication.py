"""Bearer access tokens on /v1."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.web.client import client_of
from api.authentication import Authenticated, bearer_token
from api.credentials import Credential
from api.errors import InvalidCredential
from api.oauth.bearer_tokens import TokenRefused, authenticate_token
from api.oauth.services.token_families import end_family_of
from apikeys.tokens import Kind


class OAuthTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer craft_oat_…`: one query."""

    def authenticate(self, request: Request) -> Authenticated | None:
        """The user for whom the app acts; None when it is no access token."""
        token = bearer_token(request._request)
        if token is None or token.kind != Kind.ACCESS_TOKEN:
            return None
        try:
            found = authenticate_token(token, client_of(request._request))
        except TokenRefused as error:
            raise InvalidCredential(str(error)) from None
        return found.user, Credential(
            kind="oauth",
            scopes=found.scopes,
            id=found.client_id,
            name=found.app_name,
            created_at=found.created_at,
            expires_at=found.expires_at,
            last_used_at=found.last_used_at,
            grant_id=found.grant_uid,
            end=lambda _: end_family_of(token),
        )

    def authenticate_header(self, request: Request) -> str:
        """The real challenge is written by api.errors."""
        return "Bearer"
