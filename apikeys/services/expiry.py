"""What is due about keys that expire by themselves: a mail 14, 7 and 1 day before and at the end, each once.

A notice whose moment has come already when the expiry is set is not sent: that life is shorter.
"""

from datetime import datetime, timedelta
from operator import attrgetter

from django.db import transaction
from django.db.models import Q

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from apikeys.models import APIKey
from apikeys.services import mails

NOTICE_DAYS = (14, 7, 1, 0)  # 0: it has expired
LATE = timedelta(days=7)  # of an end longer ago nobody is told any more


def passed_notice(expires_at: datetime | None, now: datetime) -> int | None:
    """The last notice whose moment has come already, which is therefore not sent: a life may be shorter."""
    if expires_at is None:
        return None
    return min((days for days in NOTICE_DAYS if now >= expires_at - timedelta(days=days)), default=None)


def tell_of_expiry(now: datetime) -> int:
    """Send one mail to each person with keys that are due; return how many keys were told of.

    However late or often it runs, even by two processes at once, each notice goes once.
    """
    due = APIKey.objects.live().filter(
        Q(expiry_notice_days=None) | Q(expiry_notice_days__gt=0),
        expires_at__lte=now + timedelta(days=NOTICE_DAYS[0]),
        expires_at__gt=now - LATE,
        user__is_active=True,
        user__closing_at=None,
    )
    owners = due.order_by("user").values_list("user", flat=True).distinct()
    return sum(_tell(user_id, now) for user_id in owners)


@transaction.atomic
def _tell(user_id: int, now: datetime) -> int:
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        return 0
    told: list[tuple[APIKey, int]] = []
    # Locked, so that an expiry that is being changed is told of as it will be; in the order of ids, as by
    # whoever else locks several.
    keys = APIKey.objects.with_public_id().live().filter(user=user, expires_at__gt=now - LATE)
    locked = keys.select_for_update(of=("self",), no_key=True).order_by("pk")
    for key in sorted(locked, key=attrgetter("expires_at")):
        notice = passed_notice(key.expires_at, now)
        if notice is None or (key.expiry_notice_days is not None and key.expiry_notice_days <= notice):
            continue
        APIKey.objects.filter(pk=key.pk).update(expiry_notice_days=notice)
        told.append((key, notice))
        if notice == 0:
            security_log.record(user, Event.KEY_EXPIRED, credential=key.uid, name=key.name)
    if told and user.mails_about_expiry:
        mails.send_expiry(user, told, now)
    return len(told)
