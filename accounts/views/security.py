"""Account Settings → Security: how one signs in, and what ends it."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import keys_above, security_log, services
from accounts.forms import EndSessionsForm
from accounts.signin.factors import overview
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
        "sessions": services.sessions_of(request.user).count(),
    }
    return render(request, "accounts/security.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out in every browser, this one included. GET says before what ends."""
    form = EndSessionsForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        sessions = services.sessions_of(request.user).count()
        return render(request, "accounts/sessions_end.html", {"form": form, "sessions": sessions})
    with transaction.atomic():
        services.end_all_sessions(request.user, client_of(request))
        if form.cleaned_data["disable_keys"]:
            keys_above.disable_keys_of(request.user, client_of(request))
    request.session.flush()
    notify(request, "You are signed out everywhere.")
    return redirect("account_login")
