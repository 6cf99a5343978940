"""Account Settings → Security → Password."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import keys_above, services
from accounts.signin import known_browsers
from accounts.signin.forms import ChangePasswordForm
from accounts.signin.passwords import finish_password_change
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest


@sensitive_post_parameters("oldpassword", "password1")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_password(request: SignedInRequest) -> HttpResponse:
    """Change the password, which ends every other session and what apps hold."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():  # changed and told, or neither
            form.save()
            finish_password_change(request, request.user)
            if form.cleaned_data["disable_keys"]:
                keys_above.disable_keys_of(request.user, client_of(request))
        keys = " Your API keys are disabled." if form.cleaned_data["disable_keys"] else ""
        notify(
            request,
            "Password changed.",
            detail=f"Every other browser is signed out, and connected apps must ask you again.{keys}",
        )
        answer = redirect("accounts:security-show")
        known_browsers.remember(request, answer, request.user)
        return answer
    others = services.sessions_of(request.user, but_for=request.session.session_key).count()
    return render(request, "accounts/password_edit.html", {"form": form, "other_sessions": others})
