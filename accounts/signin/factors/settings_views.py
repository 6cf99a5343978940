"""The pages of Account Settings → Security on which factors are added and removed."""

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import recent_sign_in_required
from accounts.signin.factors import codes, reset, rules
from accounts.signin.factors.forms import SetUpAppForm
from accounts.signin.factors.staff import way_back
from accounts.utils.encryption import Undecipherable, decrypt, encrypt
from accounts.web.buttons import button
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest

NEW_APP = "new_app"  # the session's key; what it holds is encrypted
LAST_OF_STAFF = "You are staff, and staff need a second factor. Add another one before you remove this."


@sensitive_variables()
@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_app(request: SignedInRequest) -> HttpResponse:
    """Add an authenticator app: scan, type its first code; then the recovery codes, this once."""
    if rules.needs_mailed_code(request):
        return redirect("mfa_confirm_staff")
    secret = _secret_of(request)
    form = SetUpAppForm(secret, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = rules.add_app(request, secret, form.cleaned_data["counter"])
        except rules.HasApp:
            made = []
        request.session.pop(NEW_APP, None)
        return show_codes(request, made) if made else redirect(way_back(request))
    if rules.factors_of(request.user).filter(type=Authenticator.Type.TOTP).exists():
        return redirect("accounts:security-show")
    adapter = get_adapter()
    url = adapter.build_totp_url(request.user, secret)
    picture = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    context = {
        "form": form,
        "url": url,
        "picture": f"data:image/svg+xml;base64,{picture}",
        "secret": " ".join(groups),
    }
    return render(request, "mfa/totp/activate_form.html", context)


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: SignedInRequest) -> HttpResponse:
    """Remove the authenticator app."""
    app = rules.factors_of(request.user).filter(type=Authenticator.Type.TOTP).first()
    return remove_factor(request, app)


@sensitive_variables()
@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_codes(request: SignedInRequest) -> HttpResponse:
    """New recovery codes, shown this once; those from before stop."""
    if not rules.has_second_factor(request.user):
        return redirect("accounts:security-show")
    if request.method == "POST":
        return show_codes(request, rules.make_codes(request))
    return render(request, "mfa/recovery_codes/generate.html", {"left": rules.codes_left(request.user)})


@button
def forget_browser(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the second step in that browser again."""
    request.user.trusted_browsers.filter(pk=pk).delete()
    notify(request, "Forgotten.", detail="That browser is asked for the second step again.")
    return redirect("accounts:security-show")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reset(request: SignedInRequest) -> HttpResponse:
    """Stop the reset that staff asked for. It takes no recent sign-in: it ends nothing but that."""
    if request.method == "POST":
        if reset.stop(request.user, client_of(request)):
            notify(request, "The reset is stopped.", detail="Your second step stays as it is.")
        return redirect("accounts:security-show")
    return render(request, "mfa/stop_reset.html")


def remove_factor(request: SignedInRequest, factor: Authenticator | None) -> HttpResponse:
    """Ask, then remove it, or say why not."""
    if factor is None:
        notify(request, "It is removed already.", kind="notice")
        return redirect("accounts:security-show")
    if request.method == "POST":
        try:
            rules.remove(request, factor.type, factor.pk)
        except rules.LastOfStaff:
            notify(request, LAST_OF_STAFF, kind="danger")
        except Authenticator.DoesNotExist:
            notify(request, "It is removed already.", kind="notice")
        else:
            notify(request, "Removed.", detail="We have mailed you that it is.")
        return redirect("accounts:security-show")
    is_last = rules.factors_of(request.user).count() == 1
    return render(request, "mfa/remove.html", {"factor": factor, "is_last": is_last})


def show_codes(request: SignedInRequest, made: list[str]) -> HttpResponse:
    """The recovery codes, straight from what made them: no page shows them again."""
    shown = [f"{code[:4]} {code[4:]}" for code in made]
    text = "\r\n".join(
        [f"Recovery codes for {request.user.email} at Craft", "Each works once.", "", *shown, ""]
    )
    file = f"data:text/plain;base64,{base64.b64encode(text.encode()).decode()}"
    context = {"codes": shown, "file": file, "leads_to": way_back(request)}
    return render(request, "mfa/recovery_codes/index.html", context)


def _secret_of(request: SignedInRequest) -> str:
    """The secret that this session's set-up is about; a new one at its beginning."""
    try:
        return decrypt(request.session.get(NEW_APP, ""))
    except Undecipherable:
        secret: str = codes.new_secret()
        request.session[NEW_APP] = encrypt(secret)
        return secret
