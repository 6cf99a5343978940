"""Registered apps in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join

from accounts.templatetags.admin_cells import account_link, over, state
from accounts.templatetags.time_tags import short_day
from accounts.web.admin_lists import ReadOnlyAdmin
from api.oauth.admin import actions
from api.oauth.models import Application


class StateFilter(admin.SimpleListFilter):
    """Apps by whether they may do anything."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
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

    list_display = ("named", "owner", "users", "state_now", "kind", "made")
    list_filter = (StateFilter, "client_type", "admin_enabled")
    search_fields = ("client_id__exact", "name__istartswith", "user__email__iexact", "user__uid__exact")
    search_help_text = "Beginning of the name, app_… id, or the owner's whole e-mail address or user_… id"
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
        "verified_at",
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
        view = self.admin_site.admin_view(actions.change_app_view)
        given = {"model_admin": self}
        ours = [
            path(f"<int:pk>/{name}/", view, {**given, "change": name}, f"oauth_application_{name}")
            for name in actions.CHANGES
        ]
        return [*ours, *super().get_urls()]

    @admin.display(description="owner", ordering="user__email")
    def owner(self, app: Application) -> str:
        """The owner's address, leading to the account."""
        return account_link(app.user)

    @admin.display(description="app", ordering="name")
    def named(self, app: Application) -> str:
        """Its name over its client id."""
        return over(app.name, app.client_id, "id")

    @admin.display(description="state", ordering="disabled_at")
    def state_now(self, app: Application) -> str:
        """Whether it may do anything, and if not, who stopped it."""
        if not app.disabled_at:
            return state("ok", "ok", "Active")
        return state("", "pause", "Stopped by staff" if app.disabled_by_staff else "Stopped by its owner")

    @admin.display(description="kind", ordering="client_type")
    def kind(self, app: Application) -> str:
        """The client's type over what staff have decided about it."""
        marks = {"verified": app.verified_at, "may ask for admin": app.admin_enabled}
        return over(
            app.get_client_type_display(), ", ".join(mark for mark, is_set in marks.items() if is_set)
        )

    @admin.display(description="made", ordering="created")
    def made(self, app: Application) -> str:
        """The day."""
        return short_day(app.created)

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


def _last_used(moment: Any) -> str:
    return f"last used {moment:%Y-%m-%d %H:%M} UTC" if moment else "never used"
