"""Mails that wait, in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format

from accounts.mail import outbox
from accounts.models import QueuedMail
from accounts.web.admin_lists import ReadOnlyAdmin


@admin.register(QueuedMail)
class QueuedMailAdmin(ReadOnlyAdmin):
    """Mails that wait: how many and since when, never to whom or what they say."""

    list_display = ("created_at", "tries", "last_error", "not_before", "expires_at")
    ordering = ("created_at", "id")
    fields = list_display
    readonly_fields = fields

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with how many wait and since when as its title."""
        count, oldest_at = outbox.waiting()
        since = f", the oldest since {date_format(oldest_at, 'j F Y, H:i')} UTC" if oldest_at else ""
        return super().changelist_view(
            request, {"title": f"Mails that wait: {count}{since}", **(extra_context or {})}
        )
