"""Projects in the admin."""

from django.contrib import admin

from accounts.web.admin_lists import ReadOnlyAdmin
from api.projects.models import Project


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects of all accounts."""

    list_display = ("name", "uid", "owner", "status", "created_at", "updated_at")
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
