"""Closing an account: nothing acts for it from the first moment on, but its owner may still keep it for days.

That it is closing is a moment on its row (User.closing_at), which each credential's check reads. What is left
is deleted when the days are over: api.account.closed_accounts.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mails, security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import end_sessions_of
from accounts.web.client import Client

CLOSING_FOR = timedelta(seconds=settings.CLOSING_SECONDS)
LAST_SUPERUSER = (
    "You are the last one who may do everything in the admin. Give somebody else these rights first, then "
    "close this account."
)


class LastSuperuser(Exception):
    """Nobody would be left who may do everything in the admin."""


class TooLate(Exception):
    """The days are over: the account is being deleted."""


def deleted_at(user: User) -> datetime | None:
    """When all of a closing account is deleted; None for one that is not closing."""
    return None if user.closing_at is None else user.closing_at + CLOSING_FOR


@transaction.atomic
def close_account(user: User, client: Client) -> None:
    """Begin to close it: keys, tokens, sessions and published pages are dead at their next request.

    Closing one that is closing changes nothing, also not when it is deleted. Raises LastSuperuser.
    """
    if user.is_superuser:  # so that of the last two one stays
        superusers = User.objects.filter(is_superuser=True).select_for_update(no_key=True)
        list(superusers.order_by("pk").values_list("pk"))
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.closing_at is not None:
        return
    others = User.objects.filter(is_superuser=True, is_active=True, closing_at=None).exclude(pk=user.pk)
    if locked.is_superuser and not others.exists():
        raise LastSuperuser
    locked.closing_at = timezone.now()
    locked.save(update_fields=["closing_at"])
    end_sessions_of(locked)
    security_log.record(locked, Event.ACCOUNT_CLOSING, client)
    mails.send_closing(locked, client, locked.closing_at + CLOSING_FOR)


@transaction.atomic
def keep_account(user: User, client: Client) -> User:
    """Let a closing account live on, with nothing that acts: keys are disabled, the rest is gone for good.

    Raises TooLate; User.DoesNotExist.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.closing_at is None:
        return locked
    if locked.closing_at + CLOSING_FOR <= timezone.now():
        raise TooLate
    locked.closing_at = None
    locked.save(update_fields=["closing_at"])
    security_log.record(locked, Event.ACCOUNT_KEPT, client)
    mails.send_kept(locked, client)
    return locked
