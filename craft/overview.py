"""Account Settings → Overview: what there is, and how much of the plan is left."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.web.requests import SignedInRequest
from api import quota
from api.oauth.models import Application, Grant
from api.quota.limits import owner_of, windows_of
from craft.activity.entries import describe_all
from craft.activity.filters import newest_first

RECENT_EVENTS = 5


@dataclass(frozen=True)
class Allowance:
    """What is left of one window of the plan; `left` is None while the counters are away."""

    period: str
    limit: int
    left: int | None


@login_required
@require_safe
def show_overview(request: SignedInRequest) -> HttpResponse:
    """The first page of the settings."""
    user = request.user
    context = {
        "allowances": allowances_of(user),
        "plan": user.get_plan_display(),
        "key_count": user.api_keys.live().count(),
        "grant_count": Grant.objects.filter(user=user).count(),
        "app_count": Application.objects.filter(user=user).count(),
        "entries": describe_all(newest_first(user)[:RECENT_EVENTS]),
    }
    return render(request, "craft/overview.html", context)


def allowances_of(user: User) -> list[Allowance]:
    """Each window of the user's plan; none for a plan without limits."""
    windows = windows_of(user)
    left = quota.calls_left(owner_of(user), windows)
    lefts: list[int | None] = [None] * len(windows) if left is None else [count for _, count in left]
    return [Allowance(window.name, window.limit, count) for window, count in zip(windows, lefts, strict=True)]
