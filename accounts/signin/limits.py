"""How often a password, a code and a mail may be tried, and what nobody else can use up.

A known browser and a live session have a count of their own. All others share those of their network, of the
account from that network, and of the account, at whose bound they need a link that is mailed.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.signin import known_browsers
from accounts.tries import Counter, Limit
from accounts.web.client import client_network

NETWORK = Limit("network", most=10, seconds=60)  # wrong passwords, at whichever accounts
ACCOUNT_FROM_NETWORK = Limit("account, network", most=5, seconds=300)
ACCOUNT = Limit("account", most=50, seconds=3600)
BROWSER = Limit("browser", most=5, seconds=300)
SESSION = Limit("session", most=5, seconds=300)
FACTOR = Limit("second factor", most=10, seconds=3600)
CODE = Limit("code", most=3, seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
CODE_USES = Limit("code use", most=1, seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
EMAIL_CHANGES = Limit("email change", most=10, seconds=3600)  # of one account, to whichever addresses
MAIL = Limit("mail", most=5, seconds=3600)
# As many as an hour's mails allow, in any number of sessions: whoever knows the password can begin them.
CODES_TO_ADDRESS = Limit("codes to an address", most=MAIL.most * CODE.most, seconds=3600)

# What somebody can cause who only knows an address, or its password too. Notices of what happened are never
# held back.
STRANGERS_MAILS = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_change_code",
        "email_change_taken",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "login_link",
        "password_reset_key",
        "unknown_account",
    )
)


class TooManyTries(Exception):
    """The try is refused unseen; wait until the window of its count has ended."""


class NeedsLink(Exception):
    """The account's own count is used up: this browser has to be let in by a link that is mailed."""


def count_password(request: HttpRequest, email: str) -> list[Counter]:
    """Count a password before it is looked at; the counters, to give the try back if it was right.

    `email` is in lower case, of an account or not. Raises TooManyTries or NeedsLink.
    """
    counters = _password_counters(request, email)
    for counter in counters:
        if not counter.take():
            raise NeedsLink if counter.limit is ACCOUNT else TooManyTries
    return counters


def take_code(request: HttpRequest, began_at: float) -> bool:
    """Count a code for what began at this moment in this session; whether it may be looked at."""
    return CODE.of(request.session.session_key, began_at).take()


def take_mailed_code(request: HttpRequest, state: dict[str, Any], purpose: str) -> bool:
    """Count a code of a sign-in or sign-up, `state` as allauth keeps it; whether it may be looked at."""
    is_within = take_code(request, state["at"])
    return is_within and CODES_TO_ADDRESS.of(purpose, state.get("email", "")).take()


def use_code(request: HttpRequest, began_at: float) -> bool:
    """Count that the right code was sent; whether it was the first time, so that it works."""
    return CODE_USES.of(request.session.session_key, began_at).take()


def factor_counter(request: HttpRequest, user: User) -> Counter:
    """What counts codes of a person's second factor: those who know the password share one for strangers."""
    if request.user.is_authenticated:
        return FACTOR.of("session", request.session.session_key)
    if browser := known_browsers.find(request, user.email):
        return FACTOR.of("browser", browser.id)
    return FACTOR.of("account", user.pk)


def take_mail(template: str, email: str) -> bool:
    """Count a mail to an address, if strangers can cause it; whether it may go."""
    return template not in STRANGERS_MAILS or MAIL.of(template, email).take()


def _password_counters(request: HttpRequest, email: str) -> list[Counter]:
    if request.user.is_authenticated:
        return [SESSION.of(request.session.session_key)]
    if browser := known_browsers.find(request, email):
        return [BROWSER.of(browser.id)]
    network = client_network(request)
    # In this order: what is refused here already uses up nothing that others share.
    return [ACCOUNT_FROM_NETWORK.of(email, network), NETWORK.of(network), ACCOUNT.of(email)]
