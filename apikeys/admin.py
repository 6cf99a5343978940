"""API keys in the Django admin: to find and to revoke. No digest is shown, and no key travels but by POST."""

import re
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin_lists import ReadOnlyAdmin
from apikeys import staff_views, usage
from apikeys.models import APIKey, APIKeyQuerySet, State
from apikeys.services import find_keys

# Enough of a key that a part of its secret is in it, or could be.
HOLDS_SECRET = re.compile(r"craft_[a-z]{3}_[0-9A-Za-z]{12}_[0-9A-Za-z]")


class StateFilter(admin.SimpleListFilter):
    """Keys by what they are worth now."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states."""
        return [(state.value, state.label) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The keys in the state asked for, judged as APIKey.state_at() does."""
        expired = Q(expires_at__lte=timezone.now())
        live = Q(deleted_at=None, revoked_at=None)
        match self.value():
            case State.ACTIVE:
                return queryset.filter(live).exclude(expired)
            case State.EXPIRED:
                return queryset.filter(live, expired)
            case State.DELETED:
                return queryset.filter(deleted_at__isnull=False, revoked_at=None)
            case State.REVOKED:
                return queryset.filter(revoked_at__isnull=False)
        return queryset


@admin.register(APIKey)
class APIKeyAdmin(ReadOnlyAdmin):
    """Keys of all accounts."""

    list_display = (
        "name",
        "shown_id",
        "owner",
        "permission",
        "state_now",
        "last_used_at",
        "expires_at",
        "created_at",
    )
    list_filter = (StateFilter, "permission")
    search_fields = ("name", "user__email", "user__name")
    search_help_text = "Key name, owner's name or e-mail address, key_… id or public id. Never a whole key."
    ordering = ("-id",)
    fields = (
        "name",
        "uid",
        "shown_id",
        "owner",
        "permission",
        "state_now",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_ip",
        "last_used_agent",
        "deleted_at",
        "revoked_at",
        "revoked_reason",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> APIKeyQuerySet:
        """Keys with their public id, and with uses that still wait in this process."""
        usage.flush()
        return APIKey.objects.with_public_id().select_related("user")

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and the two of ours."""
        wrap = self.admin_site.admin_view
        return [
            path("find/", wrap(staff_views.find_view), {"model_admin": self}, "apikeys_apikey_find"),
            path(
                "<int:pk>/revoke/",
                wrap(staff_views.revoke_view),
                {"model_admin": self},
                "apikeys_apikey_revoke",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; a key that was put into its search is sent to the form that is made for it."""
        if HOLDS_SECRET.search(request.GET.get("q", "")):
            self.message_user(
                request,
                "A key was typed into the search, so this browser now remembers it. Paste it here instead.",
                messages.WARNING,
            )
            return redirect("admin:apikeys_apikey_find")
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """An id finds its one key; any other text is searched for in names and addresses."""
        if by_id := list(find_keys(search_term).values_list("pk", flat=True)):
            return queryset.filter(pk__in=by_id), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="public id")
    def shown_id(self, key: APIKey) -> str:
        """`craft_key_<public id>`."""
        return key.shown_id

    @admin.display(description="owner", ordering="user__email")
    def owner(self, key: APIKey) -> str:
        """The owner's address, leading to the account."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[key.user_id]), key.user.email
        )

    @admin.display(description="state")
    def state_now(self, key: APIKey) -> str:
        """The state in a word."""
        return str(key.state.label)
