"""The list of keys: filtered, searched and sorted."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from accounts.utils.display_names import name_key
from accounts.web.requests import SignedInRequest
from apikeys import coach, services, status
from apikeys.status import KeySummary
from apikeys.tokens import find_shown_id, holds_secret, public_id_of_key

# Column → by what it sorts. Without one: what needs attention first.
SORTS: dict[str, Callable[[KeySummary], Any]] = {
    "name": lambda summary: summary.key.name_key,
    "permission": lambda summary: summary.key.permission,
    "requests": lambda summary: summary.requests,
    "used": lambda summary: summary.key.last_used_at.timestamp() if summary.key.last_used_at else 0.0,
    "expires": lambda summary: summary.key.expires_at.timestamp() if summary.key.expires_at else float("inf"),
    "state": lambda summary: list(status.Badge).index(summary.badge),
}
COLUMNS = (
    ("name", "Name"),
    ("permission", "Permission"),
    ("requests", "Last 30 days"),
    ("used", "Last used"),
    ("expires", "Expires"),
    ("state", "State"),
)
SEARCH_FROM = 6  # keys, below which there is nothing to look for


# Fifty keys are 144 kB, compressed a fraction. The token looks different each time, and only who has it can
# have the page repeat what they sent: nothing is found out by its length (see craft/docs/views.py).
@login_required
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("search")
def list_keys(request: SignedInRequest) -> HttpResponse:
    """All keys of the owner; `?show=` names a filter, `?sort=` a column, with `-` the other way round.

    What is searched for is posted, and stays out of addresses and logs: it may be a whole key, of which its
    public id alone is looked up. To sort what was found, `sort` is posted with it.
    """
    inventory = status.summarise_keys(request.user, timezone.now())
    search = request.POST.get("search", "").strip()
    wanted = "" if search else request.GET.get("show", "")  # what is searched for is searched for everywhere
    chosen = next((each for each in status.Filter if each == wanted), None)
    summaries, inactive = inventory.filtered(chosen), inventory.inactive
    if search:
        summaries, inactive = _find(summaries, search), _find(inactive, search)
    sort = request.POST.get("sort") or request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else ""
    if sort:
        summaries.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    advised = next((each for each in inventory.usable if coach.first_advice(each)), None)
    context = {
        "inventory": inventory,
        "summaries": summaries,
        "inactive": inactive,
        "chosen": chosen,
        "search": _shown(search),
        "sort": sort,
        "may_search": len(inventory.usable) + len(inventory.inactive) >= SEARCH_FROM or search,
        "columns": [(label, _next_sort(name, sort), _direction(name, sort)) for name, label in COLUMNS],
        "filters": [(each, len(inventory.filtered(each))) for each in status.Filter],
        "disabled": inventory.count(status.Badge.DISABLED),
        "expired": inventory.count(status.Badge.EXPIRED),
        "inactive_counts": [f"{n} {each}" for each in status.ENDED if (n := inventory.count(each))],
        "limit": services.MAX_LIVE_KEYS,
        "has_room": inventory.live < services.MAX_LIVE_KEYS,
        "too_many": services.TOO_MANY,
        "advised": advised,
        "advice": coach.first_advice(advised) if advised else None,
        "api_url": settings.API_URL,
        "answer": {name: _as_json(getattr(request.user, name)) for name in ("uid", "email", "name")},
    }
    return render(request, "apikeys/key_list.html", context)


def _find(summaries: list[KeySummary], search: str) -> list[KeySummary]:
    """The keys that a part of a name, an id, or a text with a key in it stands for."""
    shown_id = find_shown_id(search)
    public_id = public_id_of_key(shown_id or search)
    if shown_id or holds_secret(search):
        return [summary for summary in summaries if public_id and _has(summary, public_id)]
    part = name_key(search)
    return [
        summary
        for summary in summaries
        if part in summary.key.name_key
        or summary.key.uid == search
        or (public_id and _has(summary, public_id))
    ]


def _has(summary: KeySummary, public_id: str) -> bool:
    return any(secret.public_id == public_id for secret in summary.key.secrets.all())


def _shown(search: str) -> str:
    """What stands in the field again: of a key its public id, never a part of its secret."""
    return find_shown_id(search) or ("" if holds_secret(search) else search)


def _next_sort(name: str, sort: str) -> str:
    return f"-{name}" if sort == name else name


def _direction(name: str, sort: str) -> str:
    """The value of aria-sort."""
    if sort.removeprefix("-") != name:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def _as_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
