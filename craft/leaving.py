"""Account Settings → Data: taking all of it along, and closing the account."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Sum
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import security_log
from accounts.closing import CLOSING_FOR, LAST_SUPERUSER, LastSuperuser, close_account
from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import require_recent_sign_in
from accounts.tries import Limit
from accounts.web.buttons import button
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from api.oauth.models import Application, Grant
from api.projects.models import Deployment, Project
from craft.export import export_of

EXPORTS = Limit("export", most=10, seconds=3600)  # each reads all there is
TOO_MANY_EXPORTS = "You have exported your data ten times within an hour. Wait an hour, then export it again."


class DeleteAccountForm(forms.Form):
    """The address of the account, typed by hand."""

    email = forms.CharField(max_length=254)

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self._user = user
        self.fields["email"].label = f"To delete it, type {user.email}"
        self.fields["email"].widget.attrs = {"autocomplete": "off", "spellcheck": "false"}
        self.fields["email"].error_messages["required"] = f"Nothing is typed. Type {user.email}."

    def clean_email(self) -> str:
        """The account's own address, whatever its case. Raises ValidationError."""
        email: str = self.cleaned_data["email"]
        if email.strip().lower() != self._user.email:
            raise forms.ValidationError(f"This is not the address of this account. Type {self._user.email}.")
        return email


@login_required
@require_safe
def show_data(request: SignedInRequest) -> HttpResponse:
    """The two ways out: with a copy, and for good."""
    return render(request, "craft/data.html", {"holdings": holdings_of(request.user)})


@button
def export_data(request: SignedInRequest) -> HttpResponseBase:
    """All of it as a file. Who had to sign in for it comes back to the page with the button."""
    page = reverse("data-show")
    if sign_in_again := require_recent_sign_in(request, page):
        return sign_in_again
    if not EXPORTS.of(request.user.pk).take():
        notify(request, TOO_MANY_EXPORTS, kind="warning")
        return redirect(page)
    security_log.record(request.user, Event.DATA_EXPORTED, client_of(request))
    name = f"craft-{request.user.uid}-{timezone.now():%Y-%m-%d}.json"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(export_of(request.user), content_type="application/json", headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: SignedInRequest) -> HttpResponse:
    """What goes, and the beginning of the days in which it can still be kept."""
    if sign_in_again := require_recent_sign_in(request):
        return sign_in_again
    form = DeleteAccountForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            close_account(request.user, client_of(request))
        except LastSuperuser:
            form.add_error(None, LAST_SUPERUSER)
        else:
            return _closed(request)
    context = {
        "form": form,
        "holdings": holdings_of(request.user),
        "deleted_at": timezone.now() + CLOSING_FOR,
    }
    return render(request, "craft/delete_account.html", context)


def holdings_of(user: User) -> dict[str, int]:
    """How much there is of each kind."""
    projects = Project.objects.filter(owner=user)
    totals = projects.aggregate(projects=Count("pk"), files=Sum("file_count"), bytes=Sum("stored_bytes"))
    own_apps = Application.objects.filter(user=user)
    return {
        **{name: total or 0 for name, total in totals.items()},
        "pages": Deployment.objects.filter(project__owner=user, taken_down_at=None).count(),
        "keys": user.api_keys.live().count(),
        "connected": Grant.objects.filter(user=user).count(),
        "apps": own_apps.count(),
        "people": Grant.objects.filter(application__in=own_apps).exclude(user=user).count(),
    }


def _closed(request: SignedInRequest) -> HttpResponse:
    request.session.flush()
    until = timezone.now() + CLOSING_FOR
    notify(
        request,
        "Your account is closing.",
        detail=f"Until {until.day} {until:%B %Y} you can sign in and keep it. Then everything is deleted.",
    )
    return redirect("account_login")
