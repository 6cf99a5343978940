"""The last failed token requests of an app, so that its developer can help themselves."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.utils.batches import delete_in_batches
from accounts.web.client import Client
from api.oauth.models import Application, FailedTokenRequest

log = logging.getLogger(__name__)
KEPT = 20  # for each app
KEPT_FOR = timedelta(days=30)


def note_failure(application: Application | None, error: str, reason: str, client: Client) -> None:
    """Keep a failed request, and of older ones the newest. Nothing that was sent is kept.

    It never makes an answer fail: the app may have been deleted meanwhile.
    """
    if application is None:
        return
    try:
        with transaction.atomic():
            _keep(application, error, reason, client)
    except DatabaseError:
        log.warning("a failed token request of %s could not be kept", application.client_id, exc_info=True)


def _keep(application: Application, error: str, reason: str, client: Client) -> None:
    FailedTokenRequest.objects.create(
        application=application, error=error[:40], reason=reason[:200], ip=client.ip, user_agent=client.agent
    )
    kept = FailedTokenRequest.objects.filter(application=application).order_by("-pk")
    oldest = kept.values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
    if oldest is not None:
        FailedTokenRequest.objects.filter(application=application, pk__lt=oldest).delete()


def delete_old(now: datetime | None = None) -> int:
    """Delete failures older than 30 days; return how many."""
    return delete_in_batches(FailedTokenRequest.objects.filter(at__lt=(now or timezone.now()) - KEPT_FOR))
