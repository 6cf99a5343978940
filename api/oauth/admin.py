"""Apps, grants and tokens in the Django admin, without any secret or digest."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from api.oauth.models import Grant


class _ReadOnlyAdmin(admin.ModelAdmin):
    """Looked at, not edited: the rules are in the services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ApplicationAdmin(_ReadOnlyAdmin):
    """Registered apps."""

    list_display = ("name", "client_id", "user", "client_type", "disabled_at")


class AccessTokenAdmin(_ReadOnlyAdmin):
    """Access tokens."""

    list_display = ("pk", "user", "application", "scope", "created", "expires")
    fields = ("user", "application", "scope", "created", "expires", "authorized_at")


class RefreshTokenAdmin(_ReadOnlyAdmin):
    """Refresh tokens."""

    list_display = ("pk", "user", "application", "scope", "created", "revoked")
    fields = ("user", "application", "scope", "created", "revoked", "rotated_at", "authorized_at")


class AuthorizationCodeAdmin(_ReadOnlyAdmin):
    """Authorization codes."""

    list_display = ("pk", "user", "application", "scope", "created", "used_at")
    fields = ("user", "application", "scope", "redirect_uri", "created", "expires", "used_at")


class IDTokenAdmin(_ReadOnlyAdmin):
    """Not used; hidden."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the index."""
        return False


@admin.register(Grant)
class GrantAdmin(_ReadOnlyAdmin):
    """What people let apps do."""

    list_display = ("uid", "user", "application", "scope", "granted_at", "last_used_at")
