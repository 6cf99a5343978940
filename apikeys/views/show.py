"""One key: its usage, its requests, and whether a new secret was used yet."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.utils.csv import csv_response
from accounts.web.last_seen import asked_by_script
from accounts.web.requests import SignedInRequest
from accounts.web.user_agents import program_name
from apikeys.models import Outcome, UsagePeriod
from apikeys.usage import plot, reports, retention
from apikeys.usage.single_requests import recent_requests
from apikeys.views.owner import own_key, own_summary, render_key_page

# Name in the address → what it is called, by what it counts, how far back it goes.
SPANS = {
    "48h": ("48 hours", UsagePeriod.HOUR, timedelta(hours=47)),
    "30d": ("30 days", UsagePeriod.DAY, timedelta(days=29)),
    "1y": ("1 year", UsagePeriod.DAY, timedelta(days=364)),
}
DEFAULT_SPAN = "30d"
CALLERS_SHOWN = TRIES_SHOWN = timedelta(days=30)
CALLERS_IN_A_FILE = 10_000
FIGURES = (
    (Outcome.OK, "Succeeded", ""),
    (Outcome.INVALID, "Not valid (other 4xx)", ""),
    (Outcome.REFUSED, "Refused (401, 403)", "swatch-warning"),
    (Outcome.LIMITED, "Over the limit (429)", "swatch-notice"),
    (Outcome.FAILED, "Failed (5xx)", "swatch-danger"),
)


@login_required
@require_safe
def show_usage(request: SignedInRequest, uid: str) -> HttpResponse:
    """How much the key is used, for what and by whom; `?show=` names one of SPANS."""
    summary = own_summary(request, uid)
    key, now = summary.key, summary.now
    span = request.GET.get("show", "")
    span = span if span in SPANS else DEFAULT_SPAN
    label, period, length = SPANS[span]
    buckets = reports.buckets(key, period, now - length, now)
    rotation = summary.rotation
    callers = reports.callers(key, now - CALLERS_SHOWN)
    if rotation is not None:  # those on the old secret first
        callers.sort(key=lambda caller: caller.public_id != rotation.old.public_id)
    context = {
        "spans": [(name, words) for name, (words, *_) in SPANS.items()],
        "span": span,
        "span_label": label,
        "by": period,
        "figures": _figures(buckets),
        "plot": plot.plot(buckets, period),
        "plot_text": plot.say_plot(buckets, period),
        "endpoints": reports.endpoints(key, period, now - length, now),
        "callers": callers,
        "wrong_secrets": reports.wrong_secrets(key, now - TRIES_SHOWN),
        "old_callers": reports.callers(key, rotation.started_at, of=rotation.old) if rotation else [],
        "kept": retention.IN_WORDS,
    }
    return render_key_page(request, "apikeys/key_usage.html", summary, context)


@login_required
@require_safe
def show_requests(request: SignedInRequest, uid: str) -> HttpResponse:
    """Who was not let in, and the last requests one by one."""
    summary = own_summary(request, uid)
    context = {
        "tries": reports.refused_tries(summary.key, summary.now - TRIES_SHOWN),
        "recent": recent_requests(summary.key),
    }
    return render_key_page(request, "apikeys/key_requests.html", summary, context)


@login_required
@require_safe
def download_usage(request: SignedInRequest, uid: str) -> HttpResponse:
    """The counts of a span as CSV, a row for each hour or day."""
    summary = own_summary(request, uid)
    _, period, length = SPANS.get(request.GET.get("show", ""), SPANS[DEFAULT_SPAN])
    buckets = reports.buckets(summary.key, period, summary.now - length, summary.now)
    head = ["at", *(outcome.value for outcome in Outcome), "reads", "writes", "deletes"]
    rows = (
        [bucket.at.isoformat(), *bucket.outcomes.values(), bucket.reads, bucket.writes, bucket.deletes]
        for bucket in buckets
    )
    return csv_response(f"{summary.key.uid}-by-{period.value}.csv", head, rows)


@login_required
@require_safe
def download_callers(request: SignedInRequest, uid: str) -> HttpResponse:
    """Who used the key, as CSV."""
    summary = own_summary(request, uid)
    head = ["address", "user agent", "secret", "requests", "first seen", "last seen"]
    rows = (
        [
            "others" if caller.is_rest else caller.address,
            caller.agent,
            caller.public_id,
            caller.requests,
            caller.first_at.isoformat(),
            caller.last_at.isoformat(),
        ]
        for caller in reports.callers(summary.key, summary.now - CALLERS_SHOWN, most=CALLERS_IN_A_FILE)
    )
    return csv_response(f"{summary.key.uid}-callers.csv", head, rows)


@asked_by_script
@login_required
@require_safe
@never_cache
def show_first_use(request: SignedInRequest, uid: str) -> JsonResponse:
    """Whether the newest secret was used, and by whom: `{"received": …, "from": …, "agent": program}`."""
    key = own_key(request, uid)
    newest = max(key.secrets.all(), key=lambda secret: secret.pk, default=None)
    if newest is None or newest.first_used_at is None:
        return JsonResponse({"received": False})
    caller = {"from": key.last_used_ip or "", "agent": program_name(key.last_used_agent)}
    return JsonResponse({"received": True, **caller})


def _figures(buckets: Iterable[reports.Bucket]) -> list[tuple[str, str, int, float | None]]:
    """Label, swatch and number of each outcome; of what succeeded also its share in per cent."""
    buckets = list(buckets)
    total = sum(bucket.total for bucket in buckets)
    figures: list[tuple[str, str, int, float | None]] = []
    for outcome, label, swatch in FIGURES:
        count = sum(bucket.outcomes[outcome] for bucket in buckets)
        share = count / total * 100 if total and outcome == Outcome.OK else None
        if count or outcome != Outcome.INVALID:  # the one that seldom matters to the owner
            figures.append((label, swatch, count, share))
    return figures
