"""What Django and allauth say happened, written to the activity log."""

from typing import Any

from allauth.account import signals
from allauth.account.authentication import get_authentication_records

# allauth exports only the reading of these records.
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import drop_unverified_name, end_app_tokens, end_sessions_of
from accounts.utils import occurrences
from accounts.web.client import client_of
from accounts.web.ended_sessions import tell_of_pressed


@receiver(signals.user_signed_up)
def log_signup(request: HttpRequest, user: User, **_: Any) -> None:
    """An account was created by the sign-up page; its address is not confirmed yet."""
    security_log.record(user, Event.SIGNUP, client_of(request))


@receiver(user_logged_in)
def log_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in, by whatever way."""
    tell_of_pressed(request)
    occurrences.note("sign-in", "ok")
    security_log.record(user, Event.LOGIN, client_of(request))


@receiver(signals.user_logged_in)
def record_code(request: HttpRequest, user: User, **_: Any) -> None:
    """Count the code that ends a sign-up as an authentication; allauth records none there."""
    if not get_authentication_records(request, user):
        record_authentication(request, user, method="code")


@receiver(signals.user_logged_in)
def list_session(request: HttpRequest, **_: Any) -> None:
    """List the session among those of its person."""
    UserSession.objects.create_from_request(request)


@receiver(user_logged_out)
def log_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    """The session was ended by its own person; one that merely expired is not logged."""
    if user:
        security_log.record(user, Event.LOGOUT, client_of(request))


@receiver(signals.email_changed)
def log_email_change(
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_: Any,
) -> None:
    """The account has another address; its first one changes nothing."""
    if from_email_address:
        changed = {"e-mail": [from_email_address.email, to_email_address.email]}
        security_log.record(user, Event.EMAIL_CHANGED, client_of(request), changed=changed)


@receiver(signals.password_changed)
def log_password_change(request: HttpRequest, user: User, **_: Any) -> None:
    """The password was changed by who knew the old one. No other session is worth anything any more."""
    end_sessions_of(user, but_for=request.session.session_key)
    end_app_tokens(user)
    security_log.record(user, Event.PASSWORD_CHANGED, client_of(request))


@receiver(signals.password_reset)
def log_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """The password was changed by who could read the mail."""
    end_sessions_of(user)
    end_app_tokens(user)
    drop_unverified_name(user, client_of(request))
    security_log.record(user, Event.PASSWORD_RESET, client_of(request))
