"""Second factors for tests: their codes, and a person who has them, without the pages for it."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret: str = SECRET, steps: int = 0) -> str:
    """The code that the app shows now, or so many steps of 30 seconds from now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
    return code


def give_app(user: User, secret: str = SECRET) -> Authenticator:
    """An authenticator app that was never used, and recovery codes."""
    app: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user)
    return app


def recovery_codes_of(user: User) -> list[str]:
    """The recovery codes that were not used yet."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = RecoveryCodes(row).get_unused_codes()
    return codes
