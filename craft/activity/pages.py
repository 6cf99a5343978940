"""The page of the security log, and the same as a file."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.security_log import KEPT_FOR
from accounts.utils.csv import csv_response
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from craft.activity.entries import ActivityEntry, describe_all
from craft.activity.filters import ActivityFilter

EVENTS_PER_PAGE = 50
MOST_IN_A_FILE = 20_000
COLUMNS = (
    *("Time", "Event", "About", "Details", "By", "Address", "Program"),
    *("Event id", "Credential", "By credential"),
)


@login_required
@require_safe
def list_activity(request: SignedInRequest) -> HttpResponse:
    """The security log, newest first, as narrowed by the form above it."""
    form = ActivityFilter(request.GET, user=request.user)
    context = {"form": form, "days_kept": KEPT_FOR.days, "zone": timezone.get_current_timezone_name()}
    if form.is_valid():
        page = Paginator(form.matching(), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
        total = request.user.activity.count() if form.narrows else page.paginator.count
        context |= {"page": page, "entries": describe_all(page), "total": total}
    return render(request, "craft/activity.html", context)


@login_required
@require_safe
def download_activity(request: SignedInRequest) -> HttpResponse:
    """What the page shows of the log, all pages of it, for a spreadsheet."""
    form = ActivityFilter(request.GET, user=request.user)
    log = form.matching()[: MOST_IN_A_FILE + 1] if form.is_valid() else ()
    lines = list(log)
    if not form.is_valid() or len(lines) > MOST_IN_A_FILE:
        if form.is_valid():
            text = f"A file holds {MOST_IN_A_FILE:,} events at most."
            notify(request, text, kind="warning", detail="Choose a shorter time, then download it again.")
        return redirect(f"{reverse('activity-list')}?{form.asked.urlencode()}")
    return csv_response("craft-activity.csv", COLUMNS, map(_row, describe_all(lines)))


def _row(entry: ActivityEntry) -> tuple[str, ...]:
    line = entry.activity
    return (
        timezone.localtime(line.at).isoformat(timespec="seconds"),
        str(entry.event.label),
        entry.thing,
        entry.note,
        entry.by,
        line.ip or "",
        line.user_agent,
        line.uid,
        line.credential,
        line.acting_id,
    )
