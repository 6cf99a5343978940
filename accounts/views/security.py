"""Account Settings → Security: how one signs in, and what ends it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import security_log, services
from accounts.signin.factors import overview
from accounts.web.buttons import button
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest


@login_required
@require_safe
def show_security(request: SignedInRequest) -> HttpResponse:
    """What there is, each with its way to change it."""
    context = {
        "password_changed_at": security_log.password_changed_at(request.user),
        "factors": overview.show(request.user),
    }
    return render(request, "accounts/security.html", context)


@button
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out in every browser, this one included."""
    services.end_all_sessions(request.user, client_of(request))
    request.session.flush()
    notify(request, "You are signed out everywhere.")
    return redirect("account_login")
