"""Codes: of the authenticator app and for recovery. Each works once, also when it is sent twice at once."""

import logging
import re

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

# allauth's own check keeps what was used in the cache, which each process may have to itself.
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.utils.encryption import Undecipherable, decrypt

log = logging.getLogger(__name__)

APP_CODE = re.compile(r"[0-9]{6}")
RECOVERY_CODE = re.compile(r"[0-9]{8}")
LAST_COUNTER = "last_counter"  # of the newest code that was used: it and all before it are spent

new_secret = generate_totp_secret


class UsedBefore(Exception):
    """The recovery code is one of the person's, and was used."""


def without_spaces(text: str) -> str:
    """A code as it is compared: without the spaces and dashes that people type or paste."""
    return re.sub(r"[\s\u2010-\u2015-]", "", text)


def counter_of(secret: str, code: str) -> int | None:
    """The time step (RFC 6238) near now that this is the code of; None when it is of none."""
    counters = (
        counter
        for counter in yield_hotp_counters_from_time()
        if constant_time_compare(format_hotp_value(hotp_value(secret, counter)), code)
    )
    return next(counters, None)


@transaction.atomic
def use_app_code(user: User, code: str) -> Authenticator | None:
    """The person's authenticator app, if this code of it is newer than every one used; now it is used."""
    app = _locked(user, Authenticator.Type.TOTP)
    try:
        counter = app and counter_of(decrypt(app.data["secret"]), code)
    except Undecipherable:
        log.exception("the authenticator app of %s cannot be read: ENCRYPTION_KEYS lacks its key", user.uid)
        return None
    if app is None or counter is None or counter <= app.data.get(LAST_COUNTER, 0):
        return None
    app.data[LAST_COUNTER] = counter
    app.save(update_fields=["data"])
    return app


@transaction.atomic
def use_recovery_code(user: User, code: str) -> Authenticator | None:
    """The person's recovery codes, if this is one of them; now it is used. Raises UsedBefore."""
    row = _locked(user, Authenticator.Type.RECOVERY_CODES)
    try:
        codes = row and RecoveryCodes(row)
        if codes and codes.validate_code(code):
            return codes.instance
        if codes and code in codes.generate_codes():
            raise UsedBefore
    except Undecipherable:
        log.exception("the recovery codes of %s cannot be read: ENCRYPTION_KEYS lacks their key", user.uid)
    return None


def _locked(user: User, kind: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=kind)
    return rows.first()
