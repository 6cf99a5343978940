"""Account Settings → Overview: what can act as the reader, what needs a look, what is left of the plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.session_list import live_sessions
from accounts.signin.factors.rules import has_second_factor
from accounts.web.requests import SignedInRequest
from api import quota
from api.oauth.pages.connections import connections_of
from api.quota.limits import owner_of, windows_of
from apikeys.services import MAX_LIVE_KEYS
from apikeys.status import summarise_keys
from craft.acting import KINDS, Actor, actors_of
from craft.attention import signs_of

ACTORS_PER_PAGE = 25
SIGNS_SHOWN = 3
NEARLY_USED_UP = 80  # of a hundred


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of one limit is used: `used` is None while the counters are away.

    `resets_at` is None for what no clock frees, and while nothing is used.
    """

    name: str
    limit: int
    used: int | None
    resets_at: datetime | None = None

    @property
    def percent(self) -> int:
        """The length of its bar."""
        return min(100, 100 * (self.used or 0) // self.limit)

    @property
    def is_nearly_used_up(self) -> bool:
        """Whether the bar warns."""
        return self.percent >= NEARLY_USED_UP


@login_required
@require_safe
def show_overview(request: SignedInRequest) -> HttpResponse:
    """The first page of the settings; `?show=` names a kind of what can act."""
    user = request.user
    inventory, connections = summarise_keys(user, timezone.now()), connections_of(user)
    actors = actors_of(inventory, connections, live_sessions(user, request.session.session_key))
    is_protected = has_second_factor(user)
    signs = signs_of(inventory, connections, has_second_factor=is_protected)
    allowances = allowances_of(user)
    context = {
        **_shown(actors, request.GET.get("show", ""), request.GET.get("page")),
        "is_new": not (inventory.usable or inventory.inactive or connections),
        "is_protected": is_protected,
        "signs": signs[:SIGNS_SHOWN],
        "more_signs": signs[SIGNS_SHOWN:],
        "allowances": allowances,
        "keys": Allowance("API keys", MAX_LIVE_KEYS, inventory.live),
        "plan": user.get_plan_display(),
        "api_url": settings.API_URL,
    }
    return render(request, "craft/overview.html", context)


def allowances_of(user: User) -> list[Allowance]:
    """Each window of the user's plan; none for a plan without limits."""
    windows, now = windows_of(user), timezone.now()
    left = quota.calls_left(owner_of(user), windows)
    if left is None:
        return [Allowance(window.name, window.limit, None) for window in windows]
    return [
        Allowance(
            window.name,
            window.limit,
            window.limit - calls,
            now + timedelta(seconds=seconds) if calls < window.limit else None,
        )
        for window, calls, seconds in left
    ]


def _shown(actors: list[Actor], kind: str, page: str | None) -> dict[str, Any]:
    """A page of one kind, or of all, and how many there are of each."""
    chosen = kind if kind in KINDS else ""
    shown = [actor for actor in actors if chosen in ("", actor.kind)]
    counts = [(each, icon, sum(actor.kind == each for actor in actors)) for each, icon in KINDS.items()]
    return {
        "page": Paginator(shown, ACTORS_PER_PAGE).get_page(page),
        "chosen": chosen,
        "total": len(actors),
        "kinds": counts,
    }
