"""What the Security page says of somebody's factors."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.models import TrustedBrowser, User
from accounts.signin.factors import reset, trust
from accounts.signin.factors.rules import codes_left, factors_of


@dataclass(frozen=True, slots=True)
class Factors:
    """An account's factors, as templates/accounts/includes/security_factors.html takes them."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int
    code_used_at: datetime | None
    trusted: list[TrustedBrowser]
    end_at: datetime | None

    @property
    def is_on(self) -> bool:
        """Whether a password alone does not open the account."""
        return bool(self.app or self.passkeys)


def show(user: User) -> Factors:
    """Everything there is, after a reset whose time has come."""
    reset.settle(user)
    factors = list(factors_of(user))
    codes = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return Factors(
        app=next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        passkeys=[factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        codes_left=codes_left(user),
        code_used_at=codes.last_used_at if codes else None,
        trusted=list(trust.trusted_by(user)),
        end_at=user.factors_end_at,
    )
