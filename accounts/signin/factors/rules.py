"""The rules about second factors: added, removed, made anew, each with all that follows from it.

Who is told (log, mail) is in receivers. Each function locks the account, so that two at once see each other.
"""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records

# allauth exports only the reading of these records.
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.http import HttpRequest

from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.services import lock_unchanged
from accounts.signin.factors import codes, trust
from accounts.web.requests import SignedInRequest

PASSKEYS_AT_MOST = 20
COUNTER = "counter"  # of a passkey's newest signature, where the device counts them
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one


class HasApp(Exception):
    """There is an authenticator app already."""


class NeedsMailedCode(Exception):
    """Staff's first factor takes a code by mail before."""


class LastOfStaff(Exception):
    """Staff keep one factor: without any the admin would be shut."""


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """The second factors of an account, the oldest first."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)
    return rows.order_by("created_at", "pk")


def has_second_factor(user: User) -> bool:
    """Whether a password alone does not open the account."""
    return factors_of(user).exists()


def codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return mfa_settings.RECOVERY_CODE_COUNT - int(row.data["used_mask"]).bit_count() if row else 0


def needs_mailed_code(request: SignedInRequest) -> bool:
    """Whether staff are about to add their first factor, without a code by mail a moment ago."""
    if not request.user.is_staff or has_second_factor(request.user):
        return False
    since = time.time() - settings.RECENT_AUTHENTICATION_SECONDS
    records = get_authentication_records(request, request.user)
    return not any(record["method"] == "code" and record["at"] > since for record in records)


@transaction.atomic
def add_app(request: SignedInRequest, secret: str, counter: int) -> list[str]:
    """Add the authenticator app that has this secret, and whose code of this time step was just used.

    Returns the recovery codes that were made along with a first factor.
    Raises HasApp, NeedsRecentSignIn, NeedsMailedCode.
    """
    user = _lock_to_add(request)
    if factors_of(user).filter(type=Authenticator.Type.TOTP).exists():
        raise HasApp
    app = TOTP.activate(user, secret).instance
    app.data[codes.LAST_COUNTER] = counter
    app.save(update_fields=["data"])
    return finish_adding(request, app)


def finish_adding(request: SignedInRequest, factor: Authenticator) -> list[str]:
    """What follows when one was added, in the same transaction; the recovery codes made with a first one."""
    _tell(signals.authenticator_added, request, factor)
    trust.forget_all(request.user)
    # It was used just now: that is how it was added.
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type)
    kind = Authenticator.Type.RECOVERY_CODES
    if Authenticator.objects.filter(user_id=request.user.pk, type=kind).exists():
        return []
    made = RecoveryCodes.activate(request.user)
    _tell(signals.authenticator_added, request, made.instance)
    codes_made: list[str] = made.generate_codes()
    return codes_made


def has_most_passkeys(user: User) -> bool:
    """Whether there is no room for another passkey."""
    return factors_of(user).filter(type=Authenticator.Type.WEBAUTHN).count() >= PASSKEYS_AT_MOST


@transaction.atomic
def add_passkey(request: SignedInRequest, name: str, kept: dict[str, Any], counter: int) -> list[str]:
    """Add a passkey, as passkeys.read_new gives it.

    Returns the recovery codes that were made along with a first factor.
    Raises NeedsRecentSignIn, NeedsMailedCode.
    """
    user = _lock_to_add(request)
    passkey = WebAuthn.add(user, name, kept).instance
    passkey.data[COUNTER] = counter
    passkey.save(update_fields=["data"])
    return finish_adding(request, passkey)


@transaction.atomic
def rename_passkey(request: SignedInRequest, pk: int, name: str) -> None:
    """Call a passkey something else. Raises NeedsRecentSignIn."""
    _lock(request)
    for passkey in (
        factors_of(request.user).filter(type=Authenticator.Type.WEBAUTHN, pk=pk).select_for_update()
    ):
        passkey.data["name"] = name
        passkey.save(update_fields=["data"])


@transaction.atomic
def remove(request: SignedInRequest, kind: str, pk: int | None = None) -> None:
    """Remove the authenticator app, or the passkey with this key; with the last factor the recovery codes.

    Raises Authenticator.DoesNotExist, LastOfStaff, NeedsRecentSignIn.
    """
    user = _lock(request)
    found = factors_of(user).filter(type=kind, **({} if pk is None else {"pk": pk})).get()
    is_last = factors_of(user).count() == 1
    if is_last and user.is_staff:
        raise LastOfStaff
    found.delete()
    _tell(signals.authenticator_removed, request, found)
    if is_last:
        Authenticator.objects.filter(user_id=user.pk).delete()
    trust.forget_all(user)


@transaction.atomic
def make_codes(request: SignedInRequest) -> list[str]:
    """New recovery codes in the place of those there are.

    Raises Authenticator.DoesNotExist (no factor that they stand in for), NeedsRecentSignIn.
    """
    user = _lock(request)
    if not has_second_factor(user):
        raise Authenticator.DoesNotExist
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    made = RecoveryCodes.activate(user)
    _tell(signals.authenticator_reset, request, made.instance)
    trust.forget_all(user)
    codes_made: list[str] = made.generate_codes()
    return codes_made


def _lock(request: SignedInRequest) -> User:
    """The person, whose account stays as it is until the end of the transaction."""
    if not signed_in_recently(request) or not lock_unchanged(request.user):
        raise NeedsRecentSignIn
    return request.user


def _lock_to_add(request: SignedInRequest) -> User:
    user = _lock(request)
    if needs_mailed_code(request):
        raise NeedsMailedCode
    return user


def _tell(signal: Signal, request: HttpRequest, factor: Authenticator) -> None:
    signal.send(sender=Authenticator, request=request, user=request.user, authenticator=factor)
