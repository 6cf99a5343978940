"""Browsers that skip the second step for TRUSTED_BROWSER_SECONDS: allauth's cookie, and a row to end it by.

The cookie ends with the password and with every factor, for its fingerprint is of these; so do the rows.
"""

import time
from datetime import datetime, timedelta

from allauth.mfa.internal.flows import trust as allauth
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import TrustedBrowser, User
from accounts.utils.batches import delete_in_batches
from accounts.web.client import client_of

ACCOUNTS_AT_MOST = 5  # of one browser; the cookie must stay small
LIFE = timedelta(seconds=settings.TRUSTED_BROWSER_SECONDS)


def is_trusted(request: HttpRequest, user: User) -> bool:
    """Whether the person trusts this browser, still."""
    fingerprint = allauth.create_config_fingerprint(user)
    stamps = [each.at for each in allauth.decode_trust_cookie(request) if each.fingerprint == fingerprint]
    return bool(stamps) and trusted_by(user).filter(stamp__in=stamps).exists()


def trust(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let this browser skip the second step from now on."""
    client, stamp = client_of(request), int(time.time())
    TrustedBrowser.objects.create(user=user, stamp=stamp, agent=client.agent)
    # allauth's own function takes the time by itself, which may be another second.
    new = allauth.IssuedTrust(allauth.create_config_fingerprint(user), stamp)
    entries = [new, *allauth.decode_trust_cookie(request)][:ACCOUNTS_AT_MOST]
    response.set_cookie(
        settings.MFA_TRUST_COOKIE_NAME,
        allauth.encode_trust_cookie(entries),
        max_age=settings.TRUSTED_BROWSER_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    security_log.record(user, Event.BROWSER_TRUSTED, client)


def trusted_by(user: User) -> "QuerySet[TrustedBrowser]":
    """The browsers that skip the second step now."""
    return user.trusted_browsers.filter(created_at__gt=timezone.now() - LIFE).order_by("-created_at")


def forget_all(user: User) -> None:
    """Ask for the second step in every browser again."""
    user.trusted_browsers.all().delete()


def delete_old(now: datetime | None = None) -> int:
    """Delete rows that are of no use any more; return how many."""
    return delete_in_batches(TrustedBrowser.objects.filter(created_at__lte=(now or timezone.now()) - LIFE))
