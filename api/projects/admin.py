"""Projects in the Django admin: to find and to read."""

from django.contrib import admin

from accounts.web.admin_lists import ReadOnlyAdmin
from api.projects.models import Project


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects of all accounts."""

    list_display = ("name", "uid", "owner", "status", "created_at", "updated_at")
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("name", "uid", "owner__email")
    search_help_text = "Name, proj_… id or owner's e-mail address"
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
