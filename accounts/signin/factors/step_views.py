"""The second step of a sign-in, and the same factors asked of who is signed in."""

from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.base import views as allauth
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from accounts.signin.factors import forms, trust
from accounts.signin.factors.passkey_forms import PasskeyForm
from accounts.signin.factors.rules import factors_of
from accounts.signin.factors.stage import SecondStepStage
from accounts.web.notices import notify

BEGIN_AGAIN = "This sign-in took too long, or began in another browser."


class SecondStepView(allauth.AuthenticateView):
    """The code of the authenticator app or a passkey, after the password."""

    form_class: type[forms.CodeForm] = forms.SecondStepForm
    webauthn_form_class = PasskeyForm
    template_name = "mfa/authenticate.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stage = LoginStageController.enter(request, SecondStepStage.key)
        if not request.user.is_authenticated and not (stage and stage.still_stands()):
            clear_login(request)  # else the page of signing in would lead back here
            notify(request, BEGIN_AGAIN, kind="notice", detail="Enter your e-mail and password again.")
            return redirect("account_login")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        answer: HttpResponse = self.stage.exit()
        if form.cleaned_data.get("trust"):
            trust.trust(self.request, answer, self.stage.login.user)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        kinds = set(factors_of(user).values_list("type", flat=True))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "email": user.email,
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        }


class RecoveryCodeView(SecondStepView):
    """A recovery code in the place of the second factor."""

    form_class = forms.RecoveryCodeForm
    template_name = "mfa/recovery_code.html"


class ReauthenticateView(allauth.ReauthenticateView):
    """A code, of who is signed in."""

    form_class = forms.ReauthenticateForm
    template_name = "mfa/reauthenticate.html"
