"""Letting a key rest, for a while or until somebody enables it."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import lock_account
from accounts.web.client import NOBODY, Client
from apikeys.models import APIKey, DisabledBy
from apikeys.services import mails
from apikeys.services.checks import StateForbids, refuse_ended
from apikeys.services.locks import lock_key, lock_keys_of

LONGEST_SECONDS = 30 * 86400  # that a key may be disabled for and come back by itself


@transaction.atomic
def disable_key(
    key: APIKey,
    *,
    seconds: int | None = None,
    by: DisabledBy = DisabledBy.OWNER,
    reason: str = "",
    client: Client = NOBODY,
) -> APIKey:
    """Let no request in with a live key until it is enabled, or for so many seconds.

    It never shortens: of a key that is disabled already, for a time is refused, and until it is enabled takes
    the place of a time. `reason` is staff's, for the owner to read.
    Raises ValidationError for the field `for`; StateForbids.
    """
    if seconds is not None and not 1 <= seconds <= LONGEST_SECONDS:
        raise ValidationError({"for": f"This must be null, or from 1 to {LONGEST_SECONDS} seconds."})
    key = lock_key(key)
    refuse_ended(key)
    now = timezone.now()
    is_disabled = key.disabled_since_at(now) is not None
    if is_disabled and seconds is not None:
        raise StateForbids("This key is disabled already. A time would only shorten that.")
    is_staffs = is_disabled and key.disabled_at is not None and key.disabled_by == DisabledBy.STAFF
    if is_staffs and by != DisabledBy.STAFF:
        return key
    key.disabled_at = key.disabled_since_at(now) or now
    key.disabled_until = None if seconds is None else now + timedelta(seconds=seconds)
    key.disabled_by, key.disabled_reason = by, reason
    key.save(update_fields=["disabled_at", "disabled_until", "disabled_by", "disabled_reason"])
    security_log.record(
        key.user,
        Event.KEY_DISABLED,
        client,
        credential=key.uid,
        name=key.name,
        by=by.value,
        **({"seconds": seconds} if seconds else {}),
        **({"reason": reason} if reason else {}),
    )
    if by == DisabledBy.STAFF:
        mails.send_disabled_by_staff(key)
    return key


@transaction.atomic
def disable_keys_of(user: User, client: Client = NOBODY) -> list[APIKey]:
    """Disable all live keys of a person until they are enabled one by one; return those that were not yet."""
    lock_account(user)  # no key is made, restored or enabled meanwhile
    rows = user.api_keys.live().select_related("user").select_for_update(of=("self",)).order_by("pk")
    now = timezone.now()
    return [disable_key(key, client=client) for key in rows if not is_disabled_for_good(key, now)]


def is_disabled_for_good(key: APIKey, now: datetime) -> bool:
    """Whether only enabling it lets it act again."""
    return key.disabled_since_at(now) is not None and key.comes_back_at is None


@transaction.atomic
def enable_key(
    key: APIKey,
    *,
    by: DisabledBy = DisabledBy.OWNER,
    may_enable: bool = True,
    client: Client = NOBODY,
) -> APIKey:
    """End what disables a live key; one that is not disabled stays as it is. `by`: its owner, or staff.

    `may_enable`: whether the caller has signed in recently.
    Raises NeedsRecentSignIn; StateForbids (ended, or disabled by staff and it is not they who ask).
    """
    lock_keys_of(key.user)
    key = lock_key(key)
    refuse_ended(key)
    if key.disabled_since is None:
        return key
    if key.disabled_for == DisabledBy.STAFF and by != DisabledBy.STAFF:
        raise StateForbids("Craft's staff disabled this key, and they alone can enable it.")
    if not may_enable:
        raise NeedsRecentSignIn
    key.disabled_at, key.disabled_until, key.disabled_by, key.disabled_reason = None, None, "", ""
    key.enabled_at = timezone.now()
    key.save(update_fields=["disabled_at", "disabled_until", "disabled_by", "disabled_reason", "enabled_at"])
    security_log.record(key.user, Event.KEY_ENABLED, client, credential=key.uid, name=key.name, by=by.value)
    return key
