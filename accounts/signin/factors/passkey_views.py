"""Passkeys: sign-in by one, asking for one again, and those of the account."""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as allauth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import View

from accounts.reauthentication import recent_sign_in_required
from accounts.signin.factors import passkeys, rules
from accounts.signin.factors.passkey_forms import NewPasskeyForm, PasskeyForm, RenameForm
from accounts.signin.factors.settings_views import remove_factor, show_codes
from accounts.signin.factors.staff import way_back
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest


@method_decorator(never_cache, name="dispatch")
class OptionsView(View):
    """What a browser needs to ask for a passkey of whoever it is."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        refusal: HttpResponse | None = consume_or_429(request, action="passkey_options")
        return refusal or JsonResponse(passkeys.request_options())


@method_decorator(never_cache, name="dispatch")
class SignInView(View):
    """Sign-in by a passkey, without e-mail and password."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET":
            return redirect("account_login")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        leads_to = get_next_redirect_url(request)
        form = PasskeyForm(request.POST, user=None)
        if request.user.is_authenticated:
            return redirect(leads_to or "overview")
        if not form.is_valid():
            notify(request, str(form.non_field_errors()[0]), kind="danger")
            query = f"?{urlencode({'next': leads_to})}" if leads_to else ""
            return redirect(f"{reverse('account_login')}{query}")
        factor = form.cleaned_data["factor"]
        login = Login(user=factor.user, email=factor.user.email, redirect_url=leads_to)
        answer: HttpResponse = perform_passwordless_login(request, factor, login)
        return answer


class ReauthenticateView(allauth.ReauthenticateWebAuthnView):
    """A passkey, of who is signed in."""

    form_class = PasskeyForm
    template_name = "mfa/webauthn/reauthenticate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        form.save(again=True)
        answer: HttpResponse = super(allauth.ReauthenticateWebAuthnView, self).form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = self.render_to_response({**self.get_context_data(), "form": form})
        return answer


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: SignedInRequest) -> HttpResponse:
    """Make a passkey and name it; with the first factor, recovery codes follow."""
    if rules.needs_mailed_code(request):
        return redirect("mfa_confirm_staff")
    form = NewPasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        kept, counter = form.cleaned_data["made"]
        made = rules.add_passkey(request, form.cleaned_data["name"], kept, counter)
        if made:
            return show_codes(request, made)
        notify(request, "Passkey added.")
        return redirect(way_back(request))
    if rules.has_most_passkeys(request.user):
        notify(request, f"You have {rules.PASSKEYS_AT_MOST} passkeys, which is the most.", kind="notice")
        return redirect("accounts:security-show")
    options = passkeys.creation_options(request.user)
    return render(request, "mfa/webauthn/add_form.html", {"form": form, "options": options})


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename_passkey(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a passkey something else."""
    passkey = _find(request, pk)
    if passkey is None:
        return redirect("accounts:security-show")
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"name": str(passkey)})
    if form.is_valid():
        rules.rename_passkey(request, pk, form.cleaned_data["name"])
        notify(request, "Passkey renamed.")
        return redirect("accounts:security-show")
    return render(request, "mfa/webauthn/edit_form.html", {"form": form, "passkey": passkey})


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a passkey."""
    return remove_factor(request, _find(request, pk))


def _find(request: SignedInRequest, pk: int) -> Authenticator | None:
    return rules.factors_of(request.user).filter(type=Authenticator.Type.WEBAUTHN, pk=pk).first()
