"""Account Settings: profile, security, activity. Sign-in and its kin are in accounts/entrance_urls.py."""

from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.client import client_of
from accounts.forms import ChangePasswordForm, ProfileForm
from accounts.models import User
from accounts.notices import notify
from accounts.wording import line_of

EVENTS_PER_PAGE = 50


class SignedInRequest(HttpRequest):
    """A request behind login_required."""

    user: User


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


@sensitive_post_parameters("oldpassword", "password1")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]
def show_security(request: SignedInRequest) -> HttpResponse:
    """Change the password, which ends every other session, or end all of them."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        finalize_password_change(request, request.user)
        notify(request, "Password changed.", detail="Every other browser is signed out.")
        return redirect("accounts:security-show")
    return render(request, "accounts/security.html", {"form": form})


@login_required
@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out in every browser, this one included."""
    services.end_all_sessions(request.user, client_of(request))
    request.session.flush()
    notify(request, "You are signed out everywhere.")
    return redirect("account_login")


@login_required
@require_safe
def list_activity(request: SignedInRequest) -> HttpResponse:
    """The security log, newest first."""
    page = Paginator(request.user.activity.order_by("-at", "-id"), EVENTS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request, "accounts/activity.html", {"page": page, "lines": [line_of(each) for each in page]}
    )
