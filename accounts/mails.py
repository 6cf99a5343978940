"""The mails about what happened to an account: one function and one template (accounts/email/) each.

Those of other apps begin with `queue_notice`, too. In each: what, by which browser, from where, when, and one
link for who did not do it (email/notice.txt). Never a secret.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.mail import outbox
from accounts.models import User
from accounts.web.client import Client

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


def send_expiry_mails_off(user: User, client: Client) -> None:
    """Tell that no mail will say that a key is about to expire."""
    queue_notice("accounts/email/expiry_mails_off", user, client)
