"""What people let apps do, in the admin."""

from django.contrib import admin
from django.urls import URLPattern, path

from accounts.templatetags.admin_cells import account_link, over
from accounts.templatetags.time_tags import relative_time, short_day
from accounts.web.admin_lists import ReadOnlyAdmin
from api.oauth.admin import actions
from api.oauth.admin.search import BY_APP_OR_PERSON
from api.oauth.models import Grant


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """What people let apps do."""

    list_display = ("app", "account", "scope", "granted", "last_used")
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

    @admin.display(description="app", ordering="application__name")
    def app(self, grant: Grant) -> str:
        """The app's name over the grant's id."""
        return over(grant.application.name, grant.uid, "id")

    @admin.display(description="granted", ordering="granted_at")
    def granted(self, grant: Grant) -> str:
        """The day."""
        return short_day(grant.granted_at)

    @admin.display(description="last used", ordering="last_used_at")
    def last_used(self, grant: Grant) -> str:
        """How long ago."""
        return relative_time(grant.last_used_at) if grant.last_used_at else "Never"

    @admin.display(description="person", ordering="user__email")
    def account(self, grant: Grant) -> str:
        """The person's address, leading to the account."""
        return account_link(grant.user)
