"""API keys in the Django admin: to find and to revoke. No digest is shown, and no key travels but by POST."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.templatetags.admin_cells import account_link, over, state
from accounts.templatetags.page_tags import breakable
from accounts.templatetags.time_tags import relative_time, short_utc_day
from accounts.web.admin_lists import ReadOnlyAdmin
from apikeys.admin import actions
from apikeys.admin.find import find_view
from apikeys.models import APIKey, APIKeyQuerySet, KeyState
from apikeys.services import find_keys
from apikeys.status import KeySummary, summarise_key
from apikeys.tokens import holds_secret


class StateFilter(admin.SimpleListFilter):
    """Keys by what they are worth now."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in KeyState]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The keys in the state asked for; all of them for none, and for one that does not exist."""
        state = self.value()
        if state not in KeyState.values:
            return queryset
        return cast("APIKeyQuerySet", queryset).in_state(state, timezone.now())


@admin.register(APIKey)
class APIKeyAdmin(ReadOnlyAdmin):
    """The keys of all accounts, to read; what staff may do to one is in admin.actions."""

    list_display = ("named", "owner", "permission", "state_now", "last_used", "expires")
    list_filter = (StateFilter, "permission")
    search_fields = ("name__istartswith", "user__email__iexact", "user__uid__exact")
    search_help_text = (
        "Beginning of the key's name, owner's whole e-mail address or user_… id, key_… id or public id. "
        "Never a whole key."
    )
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
        "requests_30_days",
        "disabled_since",
        "disabled_for",
        "disabled_until",
        "disabled_reason",
        "enabled_at",
        "deleted_at",
        "revoked_at",
        "revoked_reason",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> APIKeyQuerySet:
        """Keys with their public id and their owner."""
        return APIKey.objects.with_public_id().with_secrets().select_related("user")

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and those of ours."""
        wrap = self.admin_site.admin_view
        return [
            path("find/", wrap(find_view), {"model_admin": self}, "apikeys_apikey_find"),
            *(
                path(
                    f"<int:pk>/{action.title.lower()}/",
                    wrap(actions.act_with_reason),
                    {"model_admin": self, "action": action},
                    f"apikeys_apikey_{action.title.lower()}",
                )
                for action in (actions.REVOKE, actions.DISABLE)
            ),
            path(
                "<int:pk>/enable/", wrap(actions.enable_view), {"model_admin": self}, "apikeys_apikey_enable"
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; a key that was put into its search is sent to the form that is made for it."""
        if holds_secret(request.GET.get("q", "")):
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

    @admin.display(description="key", ordering="name")
    def named(self, key: APIKey) -> str:
        """Its name over its public id."""
        return over(key.name, key.shown_id, "id")

    @admin.display(description="last used", ordering="last_used_at")
    def last_used(self, key: APIKey) -> str:
        """When, over the address that it was used from."""
        if not key.last_used_at:
            return "Never"
        return over(relative_time(key.last_used_at), breakable(key.last_used_ip or ""))

    @admin.display(description="expires", ordering="expires_at")
    def expires(self, key: APIKey) -> str:
        """The day, as UTC counts them."""
        return short_utc_day(key.expires_at) if key.expires_at else "never"

    @admin.display(description="public id")
    def shown_id(self, key: APIKey) -> str:
        """`craft_key_<public id>`."""
        return key.shown_id

    @admin.display(description="owner", ordering="user__email")
    def owner(self, key: APIKey) -> str:
        """The owner's address, leading to the account."""
        return account_link(key.user)

    @admin.display(description="disabled since")
    def disabled_since(self, key: APIKey) -> Any:
        """By somebody, or with the account; nothing when it is not disabled."""
        return key.disabled_since

    @admin.display(description="disabled by")
    def disabled_for(self, key: APIKey) -> str:
        """Who or what disabled it."""
        return str(key.disabled_for.label) if key.disabled_since else "-"

    @admin.display(description="requests in 30 days")
    def requests_30_days(self, key: APIKey) -> str:
        """How many, and how many of them were refused."""
        use = summarise_key(key, timezone.now()).use
        return f"{use.requests:,}, of them {use.refused:,} refused"

    @admin.display(description="state")
    def state_now(self, key: APIKey) -> str:
        """The word that its owner reads for it."""
        summary = KeySummary(key, timezone.now())
        return state(summary.badge.tone, summary.badge.icon, summary.badge_label)
