"""The list of keys, one key, and whether a new one was used yet."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.web.requests import SignedInRequest
from accounts.web.user_agents import program_name
from apikeys import services, status
from apikeys.views.owner import own_key


@login_required
@require_safe
def list_keys(request: SignedInRequest) -> HttpResponse:
    """All keys of the owner; `?show=` names a filter."""
    inventory = status.summarise_keys(request.user, timezone.now())
    chosen = next((each for each in status.Filter if each == request.GET.get("show")), None)
    context = {
        "inventory": inventory,
        "summaries": inventory.filtered(chosen),
        "chosen": chosen,
        "filters": [(each, len(inventory.filtered(each))) for each in status.Filter],
        "disabled": inventory.count(status.Badge.DISABLED),
        "expired": inventory.count(status.Badge.EXPIRED),
        "inactive_counts": [f"{n} {each}" for each in status.ENDED if (n := inventory.count(each))],
        "limit": services.MAX_LIVE_KEYS,
        "api_url": settings.API_URL,
        "answer": {name: _as_json(getattr(request.user, name)) for name in ("uid", "email", "name")},
    }
    return render(request, "apikeys/key_list.html", context)


@login_required
@require_safe
def show_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """One key: what it may do, when it was used, how it ends."""
    summary = status.summarise_key(own_key(request, uid), timezone.now())
    context = {"summary": summary, "key": summary.key, "requests_24h": status.requests_of_a_day(summary)}
    return render(request, "apikeys/key_show.html", context)


@login_required
@require_safe
@never_cache
def show_first_use(request: SignedInRequest, uid: str) -> JsonResponse:
    """Whether a new key was used and by whom: `{"received": …, "from": address, "agent": program}`."""
    key = status.summarise_key(own_key(request, uid), timezone.now()).key
    caller = {"from": key.last_used_ip or "", "agent": program_name(key.last_used_agent)}
    return JsonResponse({"received": True, **caller} if key.last_used_at else {"received": False})


def _as_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
