"""Account Settings → Profile, and → Notifications."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import NotificationsForm, ProfileForm
from accounts.reauthentication import require_recent_sign_in
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: SignedInRequest) -> HttpResponse:
    """Name and time zone, and what else is known of the account."""
    user, client = request.user, client_of(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "time_zone": user.time_zone})
    if request.method == "POST" and form.is_valid():
        services.rename_user(user, form.cleaned_data["name"], client)
        services.choose_time_zone(user, form.cleaned_data["time_zone"] or user.time_zone, client)
        notify(request, "Profile saved.")
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
