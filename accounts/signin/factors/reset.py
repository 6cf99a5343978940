"""Who has lost every device and code: staff reset the factors, the owner is told and can stop it for a day.

Nothing happens at that moment by itself: it is judged where somebody signs in.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mails, security_log
from accounts.events import Event
from accounts.models import User
from accounts.signin.factors import trust
from accounts.signin.factors.rules import has_second_factor
from accounts.web.client import Client

WAIT = timedelta(seconds=settings.FACTOR_RESET_SECONDS)


class NothingToReset(Exception):
    """The account has no second factor, or its reset waits already."""


@transaction.atomic
def ask(user: User, reason: str) -> datetime:
    """Let the factors end a day from now, and tell the owner; when. Raises NothingToReset."""
    locked = _lock(user)
    if locked.factors_end_at or not has_second_factor(user):
        raise NothingToReset
    ends_at = timezone.now() + WAIT
    _write(locked, ends_at)
    security_log.record(user, Event.FACTORS_RESET, by="staff", reason=reason, step="asked for")
    mails.send_factors_reset(user, ends_at, reason)
    return ends_at


@transaction.atomic
def stop(user: User, client: Client) -> bool:
    """The owner wants no reset; whether there was one to stop."""
    locked = _lock(user)
    if locked.factors_end_at is None:
        return False
    _write(locked, None)
    security_log.record(user, Event.FACTORS_RESET, client, step="stopped")
    return True


@transaction.atomic
def settle(user: User) -> None:
    """Take away what a reset has ended by now. What was added since it was asked for stays."""
    if user.factors_end_at is None or user.factors_end_at > timezone.now():
        return
    ends_at = _lock(user).factors_end_at
    if ends_at is None or ends_at > timezone.now():  # settled or stopped a moment ago
        return
    rows = Authenticator.objects.filter(user_id=user.pk)
    rows.filter(created_at__lte=ends_at - WAIT).delete()
    if not has_second_factor(user):
        rows.delete()
    trust.forget_all(user)
    _write(user, None)
    security_log.record(user, Event.FACTORS_RESET, by="staff", step="done")


def _lock(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _write(user: User, ends_at: datetime | None) -> None:
    user.factors_end_at = ends_at
    user.save(update_fields=["factors_end_at"])
