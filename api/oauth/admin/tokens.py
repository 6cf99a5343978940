"""Codes and tokens in the admin: to see that there are any."""

from typing import Any

from django.http import HttpRequest

from accounts.web.admin_lists import ReadOnlyAdmin
from api.oauth.admin.search import BY_APP_OR_PERSON


class _TokenAdmin(ReadOnlyAdmin):
    """`fields` names what is shown, and no digest is in it."""

    list_select_related = ("user", "application")
    search_fields = BY_APP_OR_PERSON
    search_help_text = (
        "Beginning of the app's name, app_… id, or the person's whole e-mail address or user_… id. "
        "Never a token."
    )
    ordering = ("-id",)


class AccessTokenAdmin(_TokenAdmin):
    list_display = ("id", "user", "application", "scope", "created", "expires")
    fields = readonly_fields = ("user", "application", "scope", "created", "expires", "authorized_at")


class RefreshTokenAdmin(_TokenAdmin):
    """Refresh tokens, spent ones too."""

    list_display = ("id", "user", "application", "scope", "created", "rotated_at", "revoked")
    fields = readonly_fields = (
        "user",
        "application",
        "scope",
        "created",
        "rotated_at",
        "revoked",
        "authorized_at",
    )


class AuthorizationCodeAdmin(_TokenAdmin):
    list_display = ("id", "user", "application", "scope", "created", "expires", "used_at")
    fields = readonly_fields = (
        "user",
        "application",
        "scope",
        "redirect_uri",
        "created",
        "expires",
        "used_at",
    )


class IDTokenAdmin(ReadOnlyAdmin):
    """Not used, so not shown."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
