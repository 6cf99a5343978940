"""Projects in the admin."""

from django.contrib import admin

from accounts.templatetags.admin_cells import account_link, over
from accounts.templatetags.time_tags import relative_time, short_day
from accounts.web.admin_lists import ReadOnlyAdmin
from api.projects.models import Project


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects of all accounts."""

    list_display = ("named", "account", "status", "made", "changed")
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("uid__exact", "name__istartswith", "owner__email__iexact", "owner__uid__exact")
    search_help_text = "Beginning of the name, proj_… id, or the owner's whole e-mail address or user_… id"
    ordering = ("-id",)
    fields = (
        "name",
        "uid",
        "owner",
        "status",
        "description",
        "template",
        "settings",
        "created_at",
        "updated_at",
    )
    readonly_fields = fields

    @admin.display(description="project", ordering="name")
    def named(self, project: Project) -> str:
        """Its name over its id."""
        return over(project.name, project.uid, "id")

    @admin.display(description="owner", ordering="owner__email")
    def account(self, project: Project) -> str:
        """The owner's address, leading to the account."""
        return account_link(project.owner)

    @admin.display(description="made", ordering="created_at")
    def made(self, project: Project) -> str:
        """The day."""
        return short_day(project.created_at)

    @admin.display(description="changed", ordering="updated_at")
    def changed(self, project: Project) -> str:
        """How long ago."""
        return relative_time(project.updated_at)
