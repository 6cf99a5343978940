"""Another e-mail address: by a code that is mailed there. Nobody is told whether it has an account."""

from typing import Any, Self

from allauth.account.adapter import get_adapter

# allauth's own way to keep a code in the session; its pages for it show whether an address is taken.
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import lock_unchanged
from accounts.signin import limits
from accounts.web.requests import SignedInRequest

STATE = "email_change"
RESENDS = 2


class EmailChange(AbstractCodeVerificationProcess):
    """A change that waits for its code, in the session that asked for it."""

    def __init__(self, request: SignedInRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            state=state,
            user=request.user,
            max_attempts=limits.CODE.most,
            timeout=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        )

    @classmethod
    def begin(cls, request: SignedInRequest, email: str) -> Self:
        """Mail a code to the new address, in lower case."""
        change = cls(request, cls.initial_state(request.user, email))
        change.send()
        change.persist()
        return change

    @classmethod
    def resume(cls, request: SignedInRequest) -> Self | None:
        """What waits in this session; None when nothing does, or it waited too long."""
        state = request.session.get(STATE)
        change: Self | None = cls(request, state).abort_if_invalid() if state else None
        return change

    @property
    def email(self) -> str:
        """The new address."""
        return str(self.state["email"])

    @property
    def began_at(self) -> float:
        """What its tries are counted by."""
        return float(self.state["at"])

    @property
    def can_resend(self) -> bool:
        return not self.is_resend_quota_reached(RESENDS)

    def send(self) -> None:
        """One mail either way: the code, or to the owner of a taken address that it was asked for."""
        adapter = get_adapter()
        self.state["code"] = adapter.generate_email_verification_code()
        is_taken = User.objects.filter(email=self.email).exists()
        template = "email_change_taken" if is_taken else "email_change_code"
        adapter.send_mail(f"account/email/{template}", self.email, {"code": self.code})

    def resend(self) -> None:
        """Another code; the one before does not work any more."""
        self.send()
        self.record_resend()
        self.persist()

    def persist(self) -> None:
        self.request.session[STATE] = self.state

    def abort(self) -> None:
        self.request.session.pop(STATE, None)

    def finish(self) -> bool:
        """Give the account its new address, and tell the old one; False when it was taken meanwhile."""
        self.abort()
        try:
            with transaction.atomic():
                if not lock_unchanged(self.request.user):
                    return False
                address = EmailAddress(user=self.request.user, email=self.email)
                return bool(get_adapter().confirm_email(self.request, address))
        except IntegrityError:
            return False
