"""Apps, grants and tokens in the Django admin, without any secret or digest.

django-oauth-toolkit registers the classes that the settings name (APPLICATION_ADMIN_CLASS and the like).
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from accounts.admin_lists import ReadOnlyAdmin
from accounts.models import User
from api.oauth import staff_views, usage
from api.oauth.models import Application, Grant

BY_APP_OR_PERSON = ("application__name", "application__client_id", "user__email")


class StateFilter(admin.SimpleListFilter):
    """Apps by whether they may do anything."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states."""
        return [("enabled", "Enabled"), ("owner", "Disabled by its owner"), ("staff", "Disabled by staff")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The apps in the state asked for."""
        match self.value():
            case "enabled":
                return queryset.filter(disabled_at=None)
            case "owner":
                return queryset.filter(disabled_at__isnull=False, disabled_by_staff=False)
            case "staff":
                return queryset.filter(disabled_by_staff=True)
        return queryset


class ApplicationAdmin(ReadOnlyAdmin):
    """Registered apps. What staff may do to one is a page of its own that asks first."""

    list_display = (
        "name",
        "client_id",
        "owner",
        "client_type",
        "users",
        "admin_enabled",
        "disabled_at",
        "created",
    )
    list_filter = (StateFilter, "client_type", "admin_enabled")
    search_fields = ("name", "client_id", "user__email")
    search_help_text = "App's name or app_… id, or its owner's e-mail address"
    ordering = ("-id",)
    fields = (
        "name",
        "client_id",
        "owner",
        "website",
        "description",
        "client_type",
        "secret_ids",
        "redirect_uris",
        "allowed_scope",
        "admin_enabled",
        "users",
        "created",
        "disabled_at",
        "disabled_by_staff",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Apps with their owner and the number of people connected."""
        apps: QuerySet[Application] = Application.objects.annotate(user_count=Count("grants"))
        return apps.select_related("user")

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and one for each thing that staff may do."""
        view = self.admin_site.admin_view(staff_views.change_app_view)
        given = {"model_admin": self}
        ours = [
            path(f"<int:pk>/{name}/", view, {**given, "change": name}, f"oauth_application_{name}")
            for name in staff_views.CHANGES
        ]
        return [*ours, *super().get_urls()]

    @admin.display(description="owner", ordering="user__email")
    def owner(self, app: Application) -> str:
        """The owner's address, leading to the account."""
        return _account(app.user)

    @admin.display(description="people connected", ordering="user_count")
    def users(self, app: Any) -> int:
        """How many people connected it."""
        return int(app.user_count)

    @admin.display(description="client secrets")
    def secret_ids(self, app: Application) -> str:
        """The secrets' public ids, when they were made and last used."""
        lines = (
            (secret.shown_id, f"{secret.created_at:%Y-%m-%d}", _last_used(secret.last_used_at))
            for secret in app.secrets.order_by("pk")
        )
        return format_html_join("\n", "<div><code>{}</code>, made {}, {}</div>", lines) or "none"


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """What people let apps do."""

    list_display = ("uid", "account", "application", "scope", "granted_at", "last_used_at")
    list_select_related = ("user", "application")
    search_fields = ("uid", *BY_APP_OR_PERSON)
    search_help_text = "App's name or app_… id, the person's e-mail address, or grant_… id"
    ordering = ("-id",)
    fields = ("uid", "account", "application", "scope", "granted_at", "last_used_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        """Grants, with uses that still wait in this process."""
        usage.flush()
        grants: QuerySet[Grant] = super().get_queryset(request)
        return grants

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and the one that revokes."""
        view = self.admin_site.admin_view(staff_views.revoke_grant_view)
        return [
            path("<int:pk>/revoke/", view, {"model_admin": self}, "oauth_grant_revoke"),
            *super().get_urls(),
        ]

    @admin.display(description="person", ordering="user__email")
    def account(self, grant: Grant) -> str:
        """The person's address, leading to the account."""
        return _account(grant.user)


class _TokenAdmin(ReadOnlyAdmin):
    """Codes and tokens: to see that there are any. `fields` names what is shown, and no digest is in it."""

    list_select_related = ("user", "application")
    search_fields = BY_APP_OR_PERSON
    search_help_text = "App's name or app_… id, or the person's e-mail address. Never a token."
    ordering = ("-id",)


class AccessTokenAdmin(_TokenAdmin):
    """Access tokens."""

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
    """Authorization codes."""

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
        """Nobody may."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the index."""
        return False


def _account(user: User) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[user.pk]), user.email
    )


def _last_used(moment: Any) -> str:
    return f"last used {moment:%Y-%m-%d %H:%M} UTC" if moment else "never used"
