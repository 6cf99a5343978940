"""What Craft does differently from django-allauth's defaults."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import mails, security_log
from accounts.mail import outbox
from accounts.models import User
from accounts.reauthentication import signed_in_recently
from accounts.services import lock_unchanged
from accounts.signin import closing, codes, known_browsers, limits
from accounts.signin.factors import reset
from accounts.signin.login_links import make_link
from accounts.signin.passwords import judge_password
from accounts.signin.sealed_codes import seal, unseal
from accounts.utils import occurrences
from accounts.web.client import client_address, client_of
from accounts.web.notices import notify

NEXT_MAX_LENGTH = 8_192  # of a link to consent: its query may have 8,000 characters
TOO_MANY_TRIES = "Too many tries. Wait five minutes, then try again."
LOGIN_LINK = "account/email/login_link"
LOGIN_CODE = "account/email/login_code"
TOO_MANY_CODES = "Too many wrong codes. Sign in with your password to get a new one."
CODE_ENDED = "This code does not work any more. Sign in with your password to get a new one."
ENDED_MEANWHILE = "The account was signed out everywhere, or its password changed, while you signed in."
WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}
# Mails that carry something which ends: sent later they would only puzzle.
LIFE_OF_MAILS = {
    "account/email/email_change_code": timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    "account/email/email_confirmation": timedelta(
        seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT
    ),
    "account/email/email_confirmation_signup": timedelta(
        seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT
    ),
    "account/email/password_reset_key": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    LOGIN_CODE: timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
    LOGIN_LINK: timedelta(seconds=settings.LOGIN_LINK_SECONDS),
}


class AccountAdapter(DefaultAccountAdapter):
    """Links from WEB_URL, addresses from web.client, redirects to this site only, Craft's own words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail or password is wrong. Check both, or choose a new password.",
        "enter_current_password": "Current password is wrong. Type it again.",
        "incorrect_password": "Password is wrong. Type it again.",
        "incorrect_code": "Code is wrong. Type the newest one we sent you.",
        "too_many_login_attempts": TOO_MANY_TRIES,
    }

    # --- Who is at the other end

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address; all clients whose address is unknown share one, and so their limits."""
        return client_address(request) or "0.0.0.0"  # noqa: S104  nothing is bound to it

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """The printable User-Agent."""
        return client_of(request).agent

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: these are pages. The API of Craft is /v1."""
        return False

    # --- Where to

    def is_safe_url(self, url: str) -> bool:
        """Only a path of this site. allauth would also let through any host that it answers to.

        Django judges no more than 2,048 characters. A query leads to no other host: it is not judged.
        """
        path = url.partition("?")[0]
        is_short = len(url) <= NEXT_MAX_LENGTH
        return is_short and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page it was changed on."""
        return reverse("accounts:security-show")

    # --- Sign-up and sign-in

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Take the name from the sign-up form."""
        user.name = form.cleaned_data["name"]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose password it is. The try is counted before it is looked at, and given back if it was right."""
        email = str(credentials.get("email", ""))
        try:
            counters = limits.count_password(request, email)
        except limits.TooManyTries:
            occurrences.note("sign-in", "too many tries")
            raise self.validation_error("too_many_login_attempts") from None
        except limits.NeedsLink:
            occurrences.note("sign-in", "needs link")
            make_password(credentials["password"])  # takes as long as to look at it
            raise ImmediateHttpResponse(self._mail_login_link(request, email)) from None
        user: User | None = super().authenticate(request, **credentials)
        if user:
            for counter in counters:
                counter.give_back()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a wrong password with whose account it was tried on."""
        email = str(credentials.get("email", ""))
        user = User.objects.filter(email=email).first()
        security_log.record_failed_sign_in(
            user, email, client_of(request), again=request.user.is_authenticated
        )

    def _mail_login_link(self, request: HttpRequest, email: str) -> HttpResponse:
        """The page that says so, the same whether there is an account to mail to or not."""
        if user := User.objects.filter(email=email, is_active=True).first():
            self.send_mail(LOGIN_LINK, email, {"login_link_url": make_link(user)})
        else:
            limits.take_mail(LOGIN_LINK, email)  # counted too, so that both take the same time
        return render(request, "account/login_link_sent.html")

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in; the owner is told of a browser that is not known, but for the account's very first one.

        To a closing account nobody is signed in (see accounts.signin.closing).
        """
        if user.closing_at is not None:
            raise ImmediateHttpResponse(closing.hold(request, user))
        is_first = user.last_login is None
        with transaction.atomic():  # signed in and told, or neither
            if not lock_unchanged(user):  # since its password was looked at
                notify(
                    request, ENDED_MEANWHILE, kind="notice", detail="Enter your e-mail and password again."
                )
                raise ImmediateHttpResponse(redirect("account_login"))
            super().login(request, user)
            if not is_first and known_browsers.find(request, user.email) is None:
                records = get_authentication_records(request, user)
                mails.send_new_browser(user, client_of(request), records)

    def is_login_by_code_required(self, login: Login) -> bool:
        """In a browser that the account does not know."""
        return codes.takes_code(self.request, login)

    def generate_login_code(self) -> str:
        """Sealed, for it is kept in the session."""
        return seal(super().generate_login_code())

    def generate_email_verification_code(self) -> str:
        """Sealed, for it is kept in the session."""
        return seal(super().generate_email_verification_code())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Make the browser known to the account, whichever steps it took."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user)
        return response

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Judge a new password in Craft's words."""
        judge_password(password, user or User())
        return password

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Take away factors whose reset is due, before any step is judged by what the account has."""
        reset.settle(user)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def get_login_stages(self) -> list[str]:
        """allauth's, with Craft's codes and second step; whether to trust a browser is asked on its page."""
        own = {
            "allauth.account.stages.LoginByCodeStage": "accounts.signin.codes.UnknownBrowserStage",
            "allauth.mfa.stages.AuthenticateStage": "accounts.signin.factors.stage.SecondStepStage",
            "allauth.mfa.stages.TrustStage": "",
        }
        stages = (own.get(stage, stage) for stage in super().get_login_stages())
        return [stage for stage in stages if stage]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How a person may confirm who they are, in Craft's words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": WAYS[method["id"]]} for method in methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """As all of Craft judges it. allauth asks here before it looks at its own records."""
        return not signed_in_recently(self.request)

    # --- What people read

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kwargs: Any
    ) -> None:
        """Pass on what went wrong; the pages say themselves what went well."""
        if message == TOO_MANY_TRIES:  # said in a message only after wrong codes
            message = TOO_MANY_CODES
        if message:
            notify(request, message, kind="danger")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail whose links lead to WEB_URL, whatever host the request named; none over the limit."""
        if not limits.take_mail(template_prefix, email):
            return
        if "code" in context:
            context = {**context, "code": unseal(context["code"])}
        if template_prefix == LOGIN_CODE:
            client = client_of(self.request)
            context |= {"timestamp": timezone.now(), "ip": client.ip, "user_agent": client.agent}
        links = {name: _on_web_host(value) for name, value in context.items() if name.endswith("_url")}
        outbox.queue(
            template_prefix,
            to=email,
            context={**context, **links, "email": email},
            lives_for=LIFE_OF_MAILS.get(template_prefix, outbox.WEEK),
        )


def _on_web_host(url: str) -> str:
    """The same path and query on WEB_URL."""
    parts = urlsplit(url)
    return f"{settings.WEB_URL}{parts.path}{f'?{parts.query}' if parts.query else ''}"
