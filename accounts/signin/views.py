"""The pages of signing in that are not quite django-allauth's, and the one that it has not."""

from typing import Any

from allauth.account import views as allauth
from allauth.core.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from accounts import keys_above
from accounts.signin import known_browsers, limits
from accounts.signin.adapter import CODE_ENDED, TOO_MANY_CODES
from accounts.signin.login_links import read_link
from accounts.signin.sealed_codes import seal
from accounts.web.client import client_of
from accounts.web.notices import notify

TOO_MANY_SIGN_UPS = (
    "Too many sign-ups from your network. Nothing was changed. Wait a minute, type the password again, "
    "then press Create account."
)
RESET_KEY = allauth.INTERNAL_RESET_SESSION_KEY


class LoginView(allauth.LoginView):
    """Sign-in. How often one address may send the form is limited, but not for a known browser."""

    def form_valid(self, form: Any) -> HttpResponse:
        _renew(self.request)
        answer: HttpResponse = super().form_valid(form)
        return answer

    @method_decorator(sensitive_post_parameters("password"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        email = request.POST.get("login", "").strip().lower()
        if not email or not known_browsers.find(request, email):
            refusal: HttpResponse | None = consume_or_429(request, action="login_form")
            if refusal:
                return refusal
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class SignupView(allauth.SignupView):
    """Sign-up, the same whether the address has an account or not. Over the limit its form stays filled."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if consume_or_429(request, action="signup_form"):
            form = self.get_form()
            form.add_error(None, TOO_MANY_SIGN_UPS)
            refused: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=429)
            return refused
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        _renew(self.request)
        answer: HttpResponse = super().form_valid(form)
        return answer


class _CountedCode:
    """Counts what is tried. allauth counts in the session alone, where codes sent at once pass unseen."""

    request: HttpRequest
    purpose: str  # apart, so that who signs others' addresses up does not use up codes of their sign-ins
    _action: str
    _process: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state = self._process.state
        if self._action == "verify" and not limits.take_mailed_code(request, state, self.purpose):
            return self.end(TOO_MANY_CODES)
        answer: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]  # of allauth's view
        return answer

    def end(self, why: str) -> HttpResponse:
        """Forget what was begun."""
        self._process.abort()
        notify(self.request, why, kind="danger")
        return redirect("account_login")


class CodeView(_CountedCode, allauth.ConfirmEmailVerificationCodeView):
    """The code of a sign-up."""

    purpose = "sign-up"


class LoginCodeView(_CountedCode, allauth.ConfirmLoginCodeView):
    """The code of a sign-in in a browser that the account does not know."""

    purpose = "sign-in"

    def form_valid(self, form: Any) -> HttpResponse:
        is_first = self._action != "verify" or limits.use_code(self.request, self._process.state["at"])
        if not (is_first and self.stage.still_counts()):
            return self.end(CODE_ENDED)
        answer: HttpResponse = super().form_valid(form)
        return answer


class NewPasswordView(allauth.PasswordResetFromKeyView):
    """A new password, behind the link of the mail; whoever has read the mail has made this browser known.

    Between the link and the form its key is kept in the session: sealed, and in a session nobody else knows.
    """

    def dispatch(self, request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, uidb36, key)
        if request.session.get(RESET_KEY) == key:  # as the link had it
            if not request.user.is_authenticated:
                _renew(request)
            request.session[RESET_KEY] = seal(key)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if form.cleaned_data["disable_keys"]:
            keys_above.disable_keys_of(self.reset_user, client_of(self.request))
        known_browsers.remember(self.request, answer, self.reset_user)
        return answer


@method_decorator(never_cache, name="dispatch")
class LoginLinkView(View):
    """Makes this browser known. Opening the link changes nothing: programs that scan mail open it too."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = read_link(token)
        works = link is not None and not link.uses.is_used_up()
        return render(request, "account/login_link.html", {"works": works})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = read_link(token)
        if link is None or not link.uses.take():
            return render(request, "account/login_link.html", {"works": False})
        notify(request, "This browser may sign in now.", detail="Enter your e-mail and password.")
        answer = redirect("account_login")
        known_browsers.remember(request, answer, link.user)
        return answer


def _renew(request: HttpRequest) -> None:
    """Give the session another key, so that whoever planted this one shares none of what follows."""
    if request.session.session_key:
        request.session.cycle_key()
