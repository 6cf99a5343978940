"""When a sign-in takes a second step."""

from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest, HttpResponse

from accounts.signin import known_browsers
from accounts.signin.factors import trust
from accounts.signin.factors.rules import has_second_factor

PURPOSE = "second step"


class SecondStepStage(AuthenticateStage):
    """allauth's, but for the browsers that are trusted, and what happens to the account in between."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        answer: tuple[HttpResponse | None, bool] = super().handle()
        if answer[0]:
            self.state["proof"] = known_browsers.proof_of(self.login.user, PURPOSE)
        return answer

    def still_stands(self) -> bool:
        """Whether there is a second step still, and the first one's password is the account's still."""
        user = self.login.user
        if user is None or not user.is_active or not has_second_factor(user):
            return False
        return known_browsers.proves(self.state.get("proof", ""), user, PURPOSE)

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        return (
            user is not None
            and has_second_factor(user)
            and not did_use_passwordless_login(request, user)
            and not trust.is_trusted(request, user)
        )
