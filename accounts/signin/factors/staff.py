"""Staff: nobody enters the admin without a second factor that was used in this session."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records

# allauth exports only the reading of these records.
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import mails
from accounts.models import User
from accounts.signin import limits
from accounts.signin.factors.rules import factors_of
from accounts.utils.keyed_hash import is_hash_of, keyed_hash
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest

BACK = "after_factor"  # the session's key for where a set-up leads to
CODE = "staff_code"  # the session's key for the code that was mailed: when, and its keyed hash
SALT = "accounts.staff_code"


def lead_to_factor(request: SignedInRequest) -> HttpResponse | None:
    """None where a second factor was used in this session; else the way to use one, or to set one up."""
    factors = list(factors_of(request.user))
    if not factors:
        request.session[BACK] = request.get_full_path()
        notify(
            request,
            "Staff need a second factor to enter the admin.",
            kind="notice",
            detail="Set up an authenticator app here, or a passkey on the Security page. Then you go on.",
        )
        return redirect("mfa_activate_totp")
    if _was_used(request, factors):
        return None
    has_app = any(factor.type == Authenticator.Type.TOTP for factor in factors)
    notify(
        request, "The admin takes your second factor.", kind="notice", detail="Not used in this session yet."
    )
    path = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
    return redirect(f"{path}?{urlencode({'next': request.get_full_path()})}")


def way_back(request: HttpRequest) -> str:
    """Where a set-up leads to, once: to what it was for, or to the Security page."""
    return str(request.session.pop(BACK, "")) or reverse("accounts:security-show")


def mail_code(request: SignedInRequest) -> bool:
    """Mail a code for this session, in the place of one from before; whether it may, so many went already."""
    if not limits.MAIL.of(CODE, request.user.email).take():
        return False
    code = get_adapter().generate_password_reset_code()
    request.session[CODE] = {"at": time.time(), "digest": keyed_hash(SALT, _hashed(request.user, code))}
    mails.send_staff_code(request.user, code)
    return True


def waits_for_code(request: SignedInRequest) -> bool:
    """Whether a code was mailed for this session that still works."""
    held = request.session.get(CODE, {"at": 0})
    return bool(time.time() - held["at"] < settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)


def take_code(request: SignedInRequest, code: str) -> bool:
    """Whether it is the code that was mailed. After a few wrong ones, none is right any more."""
    if not waits_for_code(request):
        return False
    held = request.session[CODE]
    is_right = is_hash_of(held["digest"], SALT, _hashed(request.user, code))
    if not limits.take_code(request, held["at"]) or not is_right:
        return False
    del request.session[CODE]
    record_authentication(request, request.user, "code", email=request.user.email, reauthenticated=True)
    return True


def _hashed(user: User, code: str) -> str:
    return f"{user.pk}|{normalize_user_code(code)}"


def _was_used(request: SignedInRequest, factors: list[Authenticator]) -> bool:
    """Whether one of these, or a recovery code, was used in this session."""
    kinds = {Authenticator.Type.RECOVERY_CODES, *(factor.type for factor in factors)}
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" and record.get("type") in kinds for record in records)
