"""Second factors under the newest of ENCRYPTION_KEYS, so that the older ones can be dropped."""

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from accounts.utils.batches import change_in_batches
from accounts.utils.encryption import Undecipherable, newest_name, renew

UNDER = "under"  # in a factor's data: the name of the key its secrets are under, if that was looked at
SECRETS = ("secret", "seed")  # of an authenticator app, of recovery codes; a passkey has none
log = logging.getLogger(__name__)


def reencrypt() -> int:
    """Put every factor's secret under the newest key; return how many were looked at and are under it now."""
    return change_in_batches(left(), _renew)


def left() -> "QuerySet[Authenticator]":
    """The factors of which nobody has seen yet that they are under the newest key."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    # A missing name is neither equal nor unequal.
    unseen = Q(data__under__isnull=True) | ~Q(data__under=newest_name())
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(unseen, type__in=kinds)
    return rows


def _renew(factor: Authenticator) -> bool:
    data: dict[str, Any] = factor.data
    try:
        renewed = {name: renew(data[name]) for name in SECRETS if name in data}
    except Undecipherable:
        log.warning("factor %d cannot be read: ENCRYPTION_KEYS lacks its key", factor.pk)
        return False
    factor.data = {**data, **renewed, UNDER: newest_name()}
    factor.save(update_fields=["data"])
    return True
