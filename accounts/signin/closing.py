"""What a sign-in to a closing account leads to: one page, and no session that could do anything else.

Whoever got through every step of the sign-in is noted in the session without being signed in, so that no page
and no call of the API has to know of it.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.closing import TooLate, deleted_at, keep_account
from accounts.models import User
from accounts.signin import known_browsers
from accounts.web.client import client_of
from accounts.web.notices import notify

HELD = "closing_account"  # in the session
KEPT_DETAIL = "API keys are disabled until you enable them one by one, and apps must ask you again."


def hold(request: HttpRequest, user: User) -> HttpResponse:
    """Note whose sign-in it was, and lead to the page."""
    request.session.cycle_key()  # nobody else knows this session
    request.session[HELD] = {"user": user.pk, "at": time.time(), "proof": user.get_session_auth_hash()}
    return redirect("account_closing")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_closing(request: HttpRequest) -> HttpResponse:
    """When the account is deleted, and the two things to do: keep it, or sign out."""
    user = _held(request)
    if user is None:
        return redirect("account_login")
    if request.method == "POST" and "keep" not in request.POST:
        request.session.flush()
        return redirect("account_login")
    if request.method == "POST":
        try:
            return _keep(request, user)
        except (TooLate, User.DoesNotExist):
            pass
    end = deleted_at(user)
    is_over = end is not None and end <= timezone.now()
    context = {"account": user, "deleted_at": end, "is_over": is_over}
    return render(request, "account/closing.html", context)


def _keep(request: HttpRequest, user: User) -> HttpResponse:
    kept = keep_account(user, client_of(request))
    del request.session[HELD]
    get_adapter(request).login(request, kept)
    notify(request, "Your account stays.", detail=KEPT_DETAIL)
    answer = redirect("overview")
    known_browsers.remember(request, answer, kept)
    return answer


def _held(request: HttpRequest) -> User | None:
    """Who has just signed in here; None when that was too long ago, or the account has changed since."""
    held: dict[str, Any] = request.session.get(HELD, {})
    if not 0 <= time.time() - held.get("at", 0) < settings.RECENT_AUTHENTICATION_SECONDS:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True, closing_at__isnull=False).first()
    if user is None:
        return None
    proofs = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return user if any(constant_time_compare(held["proof"], proof) for proof in proofs) else None
