"""The security log of all accounts in the admin."""

from collections.abc import Sequence

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address

from accounts.models import Activity
from accounts.templatetags.admin_cells import account_link, over
from accounts.templatetags.page_tags import breakable, program_name
from accounts.templatetags.time_tags import exact_time
from accounts.web.admin_lists import ReadOnlyAdmin


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """The security log of all accounts."""

    list_display = ("when", "owner", "what", "done_with", "done_from")
    list_filter = ("event",)
    list_select_related = ("user",)
    search_fields = ("uid__exact", "credential__exact", "user__email__iexact", "user__uid__exact")
    search_help_text = "Owner's whole e-mail address or user_… id, key_… or app_… id, or IP address"
    ordering = ("-id",)
    fields = (
        "at",
        "uid",
        "user",
        "event",
        "credential",
        "acting",
        "acting_id",
        "acting_name",
        "ip",
        "user_agent",
        "details",
    )
    readonly_fields = fields

    @admin.display(description="when", ordering="at")
    def when(self, line: Activity) -> str:
        """The moment, to the second."""
        return exact_time(line.at)

    @admin.display(description="owner")
    def owner(self, line: Activity) -> str:
        """Whose log it is in."""
        return account_link(line.user)

    @admin.display(description="what", ordering="event")
    def what(self, line: Activity) -> str:
        """The event over what it was about."""
        return over(line.get_event_display(), line.credential, "id")

    @admin.display(description="done with")
    def done_with(self, line: Activity) -> str:
        """The credential that did it, over its name then."""
        return over(line.acting.replace("_", " ") or "-", line.acting_name)

    @admin.display(description="from", ordering="ip")
    def done_from(self, line: Activity) -> str:
        """The address over the program."""
        return over(breakable(line.ip or "-"), program_name(line.user_agent) if line.user_agent else "")

    def lookups_for(self, term: str) -> Sequence[str]:
        """An IP address is looked for as one; PostgreSQL refuses to compare one with anything else."""
        try:
            validate_ipv46_address(term)
        except ValidationError:
            return super().lookups_for(term)
        return ("ip__exact",)
