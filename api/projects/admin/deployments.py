"""Published pages in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.templatetags.admin_cells import account_link, over, state
from accounts.templatetags.time_tags import short_day
from accounts.web.admin_lists import ReadOnlyAdmin
from api.projects.admin.take_down import take_down_view
from api.projects.models import Deployment
from api.projects.services.deployments import deployment_url

SERVED_OWNER = Q(project__owner__is_active=True, project__owner__closing_at=None)


class StateFilter(admin.SimpleListFilter):
    """Deployments by whether they are served."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("served", "Served"), ("deactivated", "Owner deactivated or closing"), ("down", "Taken down")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The deployments in the state asked for."""
        match self.value():
            case "served":
                return queryset.filter(SERVED_OWNER, taken_down_at=None)
            case "deactivated":
                return queryset.filter(~SERVED_OWNER, taken_down_at=None)
            case "down":
                return queryset.exclude(taken_down_at=None)
        return queryset


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    """The published pages of all accounts. Taking one down is a page of its own that asks for the reason."""

    list_display = ("page", "project", "owner", "state_now", "files", "published")
    list_filter = (StateFilter,)
    list_select_related = ("project__owner",)
    search_fields = ("uid__exact", "label__exact", "project__uid__exact", "project__owner__email__iexact")
    search_help_text = "The page's address, dep_… or proj_… id, or the owner's whole e-mail address"
    ordering = ("-id",)
    fields = (
        "uid",
        "address",
        "project",
        "owner",
        "state_now",
        "file_count",
        "created_at",
        "taken_down_at",
        "taken_down_reason",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and the one that takes a page down."""
        view = self.admin_site.admin_view(take_down_view)
        ours = path("<int:pk>/take-down/", view, {"model_admin": self}, "projects_deployment_take-down")
        return [ours, *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """As everywhere, and by an address as somebody reported it: its first host label counts."""
        host = search_term.strip().lower().rpartition("://")[2].partition("/")[0]
        is_address = "@" not in search_term and "." in host
        return super().get_search_results(
            request, queryset, host.partition(".")[0] if is_address else search_term
        )

    @admin.display(description="page", ordering="label")
    def page(self, deployment: Deployment) -> str:
        """The address over the id."""
        return over(self.address(deployment), deployment.uid, "id")

    @admin.display(description="files", ordering="file_count")
    def files(self, deployment: Deployment) -> int:
        """How many it serves."""
        return deployment.file_count

    @admin.display(description="published", ordering="created_at")
    def published(self, deployment: Deployment) -> str:
        """The day."""
        return short_day(deployment.created_at)

    @admin.display(description="address")
    def address(self, deployment: Deployment) -> str:
        """Where it is served, as text: what is there was written by a stranger."""
        return deployment_url(deployment.label)

    @admin.display(description="owner")
    def owner(self, deployment: Deployment) -> str:
        """The owner's address, leading to the account."""
        return account_link(deployment.project.owner)

    @admin.display(description="state")
    def state_now(self, deployment: Deployment) -> str:
        """Whether it is served, and if not, why."""
        if deployment.taken_down_at:
            return state("danger", "alert", "Taken down")
        owner = deployment.project.owner
        if not owner.is_active:
            return state("", "pause", "Owner deactivated")
        if not owner.may_act:
            return state("", "pause", "Owner closed the account")
        return state("ok", "ok", "Served")
