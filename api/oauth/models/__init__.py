"""Apps, grants and tokens. All five models of django-oauth-toolkit are swapped from the first migration."""

from api.oauth.models.applications import Application, ClientSecret, FailedTokenRequest
from api.oauth.models.grants import Grant
from api.oauth.models.tokens import AccessToken, AuthorizationCode, IDToken, RefreshToken

__all__ = [
    "AccessToken",
    "Application",
    "AuthorizationCode",
    "ClientSecret",
    "FailedTokenRequest",
    "Grant",
    "IDToken",
    "RefreshToken",
]
