"""The mails about what happened to an account: one function and one template (accounts/email/) each.

Those of other apps begin with `queue_notice`, too. In each: what, by which browser, from where, when, and one
link for who did not do it (email/notice.txt). Never a secret.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mail import outbox
from accounts.models import User
from accounts.web.client import NOBODY, Client

# What a record of authentication says (allauth), in words: its method, and of a factor its type.
WAYS = {
    "password": "your password",
    "code": "a code that we mailed",
    "totp": "a code of your authenticator app",
    "recovery_codes": "a recovery code",
    "webauthn": "a passkey",
}


def queue_notice(template: str, user: User, client: Client, **context: Any) -> None:
    """Tell a person of what `client` did just now; the template extends email/notice.txt."""
    shared = {
        "email": user.email,
        "ip": client.ip or "unknown, from Craft's own command line",
        "user_agent": client.agent,
        "timestamp": timezone.now(),
    }
    outbox.queue(template, to=user.email, context={**shared, **context})


def send_new_browser(user: User, client: Client, records: Iterable[dict[str, Any]]) -> None:
    """Tell of a sign-in from a browser not seen before; `records` are the session's of authentication."""
    ways = [WAYS.get(record.get("type") or record["method"]) for record in records]
    said = list(dict.fromkeys(way for way in ways if way))
    queue_notice(
        "accounts/email/new_browser", user, client, with_what=" and ".join(said) or "a link that we mailed"
    )


def send_closing(user: User, client: Client, deleted_at: datetime) -> None:
    """Tell that the account is closing, and until when it can be kept."""
    queue_notice("accounts/email/closing", user, client, deleted_at=deleted_at)


def send_kept(user: User, client: Client) -> None:
    """Tell that the account is not closing any more."""
    queue_notice("accounts/email/kept", user, client)


def send_closed(user: User) -> None:
    """Tell that the account is deleted: in the transaction that does it."""
    context = {"email": user.email, "closing_at": user.closing_at}
    outbox.queue("accounts/email/closed", to=user.email, context=context)


def send_expiry_mails_off(user: User, client: Client) -> None:
    """Tell that no mail will say that a key is about to expire."""
    queue_notice("accounts/email/expiry_mails_off", user, client)


def send_factor_added(user: User, client: Client, name: str) -> None:
    """Tell of a new second factor: a passkey of this name, or without one the authenticator app."""
    queue_notice("accounts/email/factor_added", user, client, name=name)


def send_factor_removed(user: User, client: Client, name: str) -> None:
    """Tell that a second factor was removed, named as above."""
    queue_notice("accounts/email/factor_removed", user, client, name=name)


def send_recovery_codes_created(user: User, client: Client) -> None:
    """Tell of new recovery codes; never which."""
    queue_notice("accounts/email/recovery_codes_created", user, client)


def send_recovery_code_used(user: User, client: Client, left: int) -> None:
    """Tell that one of the recovery codes was used, and how many are left."""
    queue_notice("accounts/email/recovery_code_used", user, client, left=left)


def send_factors_reset(user: User, ends_at: datetime, reason: str) -> None:
    """Tell that staff will reset the second factors at this moment, unless the owner stops it."""
    queue_notice("accounts/email/factors_reset", user, NOBODY, ends_at=ends_at, reason=reason)


def send_staff_code(user: User, code: str) -> None:
    """Mail the code that staff's first second factor takes."""
    lives_for = timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
    outbox.queue("accounts/email/staff_code", to=user.email, context={"code": code}, lives_for=lives_for)
