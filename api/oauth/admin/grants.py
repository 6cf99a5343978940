"""What people let apps do, in the admin."""

from django.contrib import admin
from django.urls import URLPattern, path

from accounts.web.admin_lists import ReadOnlyAdmin, account_link
from api.oauth.admin import actions
from api.oauth.admin.search import BY_APP_OR_PERSON
from api.oauth.models import Grant


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """What people let apps do."""

    list_display = ("uid", "account", "application", "scope", "granted_at", "last_used_at")
    list_select_related = ("user", "application")
    search_fields = ("uid__exact", *BY_APP_OR_PERSON)
    search_help_text = (
        "Beginning of the app's name, app_… or grant_… id, or the person's whole e-mail address or user_… id"
    )
    ordering = ("-id",)
    fields = ("uid", "account", "application", "scope", "granted_at", "last_used_at")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and the one that revokes."""
        view = self.admin_site.admin_view(actions.revoke_grant_view)
        return [
            path("<int:pk>/revoke/", view, {"model_admin": self}, "oauth_grant_revoke"),
            *super().get_urls(),
        ]

    @admin.display(description="person", ordering="user__email")
    def account(self, grant: Grant) -> str:
        """The person's address, leading to the account."""
        return account_link(grant.user)
