"""Account Settings: profile and security. The pages of signing in are in accounts.signin.urls."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import NotificationsForm, ProfileForm
from accounts.reauthentication import require_recent_sign_in
from accounts.signin import known_browsers
from accounts.signin.forms import ChangePasswordForm
from accounts.signin.passwords import finish_password_change
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: SignedInRequest) -> HttpResponse:
    """Name, and what else is known of the account."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        services.rename_user(request.user, form.cleaned_data["name"], client_of(request))
        notify(request, "Name saved.")
        return redirect("accounts:profile-edit")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_notifications(request: SignedInRequest) -> HttpResponse:
    """Which mails are wanted. Fewer of them takes a recent sign-in: who took a session wants no noise."""
    form = NotificationsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():  # a box is ticked or not
        wanted = form.cleaned_data["mails_about_expiry"]
        if not wanted and (sign_in_again := require_recent_sign_in(request)):
            return sign_in_again
        services.choose_mails(request.user, about_expiry=wanted, client=client_of(request))
        notify(request, "Notifications saved.")
        return redirect("accounts:notifications-edit")
    form = NotificationsForm(initial={"mails_about_expiry": request.user.mails_about_expiry})
    return render(request, "accounts/notifications.html", {"form": form})


@sensitive_post_parameters("oldpassword", "password1")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_security(request: SignedInRequest) -> HttpResponse:
    """Change the password, which ends every other session, or end all of them."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():  # changed and told, or neither
            form.save()
            finish_password_change(request, request.user)
        notify(request, "Password changed.", detail="Every other browser is signed out.")
        answer = redirect("accounts:security-show")
        known_browsers.remember(request, answer, request.user)
        return answer
    return render(request, "accounts/security.html", {"form": form})


@login_required
@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out in every browser, this one included."""
    services.end_all_sessions(request.user, client_of(request))
    request.session.flush()
    notify(request, "You are signed out everywhere.")
    return redirect("account_login")
