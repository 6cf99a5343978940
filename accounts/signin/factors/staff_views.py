"""The code by mail that staff's first second factor takes."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.mail.outbox import CONSOLE
from accounts.reauthentication import recent_sign_in_required
from accounts.signin.factors import staff
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest

WRONG = "Code is wrong, or works no more. Type the newest one, or ask for a new one."


class StaffCodeForm(forms.Form):
    """The code that was mailed."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "input-code",
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
        error_messages={"required": "Code is empty. Type it.", "max_length": WRONG},
    )

    def __init__(self, request: SignedInRequest, *args: Any) -> None:
        super().__init__(*args)
        self.request = request

    def clean_code(self) -> str:
        """The right code, once."""
        code: str = self.cleaned_data["code"]
        if not staff.take_code(self.request, code):
            raise forms.ValidationError(WRONG)
        return code


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_staff(request: SignedInRequest) -> HttpResponse:
    """Mail a code on the way to the set-up, and take it."""
    asks_for_mail = request.method == "POST" and "mail" in request.POST
    if (asks_for_mail or not staff.waits_for_code(request)) and not staff.mail_code(request):
        notify(request, "We have mailed five codes within an hour. Use the newest, or wait.", kind="notice")
    is_sent = request.method == "POST" and not asks_for_mail
    form = StaffCodeForm(request, request.POST if is_sent else None)
    if form.is_valid():
        return redirect("mfa_activate_totp")
    context = {"form": form, "is_console": settings.EMAIL_BACKEND == CONSOLE}
    return render(request, "mfa/staff_code.html", context)
