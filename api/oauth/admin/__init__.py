"""Apps, grants and tokens in the Django admin, without any secret or digest.

django-oauth-toolkit registers the classes that the settings name (APPLICATION_ADMIN_CLASS and the like).
"""

from api.oauth.admin.applications import ApplicationAdmin
from api.oauth.admin.grants import GrantAdmin
from api.oauth.admin.tokens import AccessTokenAdmin, AuthorizationCodeAdmin, IDTokenAdmin, RefreshTokenAdmin

__all__ = [
    "AccessTokenAdmin",
    "ApplicationAdmin",
    "AuthorizationCodeAdmin",
    "GrantAdmin",
    "IDTokenAdmin",
    "RefreshTokenAdmin",
]
