"""A browser that the account does not know takes a code by mail."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage
from django.http import HttpRequest

from accounts.models import User
from accounts.signin import known_browsers
from accounts.signin.factors.rules import has_second_factor


def takes_code(request: HttpRequest, login: Login) -> bool:
    """Whether the password alone does not do: in a browser that the account does not know.

    The first browser of all does without, where the address was verified in another way: by who made the
    account on the command line. An address that was not, as after somebody's sign-up, has a code of its own.
    Whoever has a second factor is asked for that instead.
    """
    user: User | None = login.user
    if user is None or login.signup or user.last_login is None or known_browsers.is_known(request, user):
        return False
    records = get_authentication_records(request, user)
    if records and records[-1]["method"] == "code":
        return False
    is_verified = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    return is_verified and not has_second_factor(user)


class UnknownBrowserStage(LoginByCodeStage):
    """allauth's, which forgets the sign-in when the account's password or access ends meanwhile."""

    def handle(self) -> Any:
        answer = super().handle()
        if self.state:
            user = self.login.user
            self.state["proof"] = known_browsers.proof_of(user, f"sign-in {user.email}")
        return answer

    def still_counts(self) -> bool:
        """Whether password and address are still the account's, and the account is active."""
        user: User | None = self.login.user
        if user is None or not user.is_active:
            return False
        return known_browsers.proves(self.state["proof"], user, f"sign-in {user.email}")
