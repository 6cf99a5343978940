"""What happened to second factors, written to the security log and mailed to the owner.

allauth's signals, which accounts.signin.factors.rules sends in the transaction of what it did.
"""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import mails, security_log
from accounts.events import Event
from accounts.models import User
from accounts.signin.factors import trust
from accounts.signin.factors.rules import codes_left
from accounts.web.client import client_of

CODES = Authenticator.Type.RECOVERY_CODES


def describe(factor: Authenticator) -> dict[str, str]:
    """What the log keeps of a factor: its kind in words, and a passkey's name."""
    if factor.type == Authenticator.Type.WEBAUTHN:
        return {"kind": "passkey", "name": factor.wrap().name}
    return {"kind": "authenticator app"}


@receiver([account_signals.password_changed, account_signals.password_reset])
def forget_trusted(user: User, **_: Any) -> None:
    """The trust in browsers was given to the password of before."""
    trust.forget_all(user)


@receiver(signals.authenticator_added)
def tell_of_new(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A factor was added; or recovery codes along with the first one, of which its mail tells too."""
    if authenticator.type == CODES:
        security_log.record(user, Event.RECOVERY_CODES_CREATED, client_of(request))
        return
    details = describe(authenticator)
    security_log.record(user, Event.FACTOR_ADDED, client_of(request), **details)
    mails.send_factor_added(user, client_of(request), details.get("name", ""))


@receiver(signals.authenticator_removed)
def tell_of_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A factor was removed by its owner."""
    details = describe(authenticator)
    security_log.record(user, Event.FACTOR_REMOVED, client_of(request), **details)
    mails.send_factor_removed(user, client_of(request), details.get("name", ""))


@receiver(signals.authenticator_reset)
def tell_of_new_codes(request: HttpRequest, user: User, **_: Any) -> None:
    """Recovery codes were made anew."""
    security_log.record(user, Event.RECOVERY_CODES_CREATED, client_of(request))
    mails.send_recovery_codes_created(user, client_of(request))


@receiver(signals.authenticator_used)
def tell_of_used_code(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A recovery code was used. Other factors are what people sign in with every day."""
    if authenticator.type == CODES:
        left = codes_left(user)
        security_log.record(user, Event.RECOVERY_CODE_USED, client_of(request), left=left)
        mails.send_recovery_code_used(user, client_of(request), left)


@receiver(signals.authentication_failed)
def log_wrong_code(request: HttpRequest, user: User, reauthentication: bool, **_: Any) -> None:
    """A wrong code, of who knew the password; counted in one line as wrong passwords are."""
    security_log.record_failed_sign_in(
        user, user.email, client_of(request), again=reauthentication, what="code"
    )
