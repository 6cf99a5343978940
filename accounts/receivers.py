"""What Django and allauth say happened, written to the activity log."""

from typing import Any

from allauth.account import signals
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import activity
from accounts.client import client_of
from accounts.models import Event, User
from accounts.services import end_app_tokens


@receiver(signals.user_signed_up)
def log_signup(request: HttpRequest, user: User, **_: Any) -> None:
    """An account was created by the sign-up page; its address is not confirmed yet."""
    activity.record(user, Event.SIGNUP, client_of(request))


@receiver(user_logged_in)
def log_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in, by whatever way."""
    activity.record(user, Event.LOGIN, client_of(request))


@receiver(signals.user_logged_in)
def record_code(request: HttpRequest, user: User, **_: Any) -> None:
    """Count the code that ends a sign-up as an authentication; allauth records none there."""
    if not get_authentication_records(request, user):
        record_authentication(request, user, method="code")


@receiver(user_logged_out)
def log_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Somebody signed out."""
    if user:
        activity.record(user, Event.LOGOUT, client_of(request))


@receiver(signals.password_changed)
def log_password_change(request: HttpRequest, user: User, **_: Any) -> None:
    """The password was changed by who knew the old one."""
    end_app_tokens(user)
    activity.record(user, Event.PASSWORD_CHANGED, client_of(request))


@receiver(signals.password_reset)
def log_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """The password was changed by who could read the mail."""
    end_app_tokens(user)
    activity.record(user, Event.PASSWORD_RESET, client_of(request))
