"""The outbox: mails that wait to be sent, as rows whose content only ENCRYPTION_KEYS can open."""

import json
import threading
from datetime import datetime, timedelta
from email.utils import formatdate, make_msgid
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from accounts.mail.composition import compose
from accounts.models import QueuedMail
from accounts.utils.batches import change_in_batches
from accounts.utils.encryption import Undecipherable, decrypt, encrypt, renew

WEEK = timedelta(days=7)
CONSOLE = "django.core.mail.backends.console.EmailBackend"
# Set when this process has committed a mail; the thread that sends them (mail.sending_thread) waits for it.
QUEUED = threading.Event()


class Waiting(NamedTuple):
    """How many mails wait, and since when the oldest does; None when none does."""

    total: int
    oldest_at: datetime | None


def queue(template: str, *, to: str, context: dict[str, Any], lives_for: timedelta = WEEK) -> None:
    """Put a mail into the outbox, in the caller's transaction: it goes out if that is committed.

    `template` is the path of its words without ".txt" (see mail.composition). `lives_for` is how long what
    it carries is of use; a mail that could not be sent in that time is dropped.
    """
    words = compose(template, context)
    headers = {
        # Both stay the same however often it is tried: a server that got it twice can tell.
        "Message-ID": make_msgid(domain=settings.WEB_HOST),
        "Date": formatdate(),
        "Auto-Submitted": "auto-generated",  # so that no absence note answers (RFC 3834)
    }
    content = {"to": to, "subject": words.subject, "text": words.text, "html": words.html, "headers": headers}
    now = timezone.now()
    QueuedMail.objects.create(
        sealed=encrypt(json.dumps(content)), created_at=now, not_before=now, expires_at=now + lives_for
    )
    transaction.on_commit(QUEUED.set)


def unseal(mail: QueuedMail) -> EmailMultiAlternatives:
    """The message, ready to send. Raises Undecipherable."""
    content = json.loads(decrypt(mail.sealed))
    message = EmailMultiAlternatives(
        content["subject"], content["text"], to=[content["to"]], headers=content["headers"]
    )
    if settings.EMAIL_BACKEND != CONSOLE:  # where nobody wants to look for the code among tags
        message.attach_alternative(content["html"], "text/html")
    return message


def waiting() -> Waiting:
    """How many mails have not been sent yet: one query of a table that is nearly always empty."""
    return Waiting(**QueuedMail.objects.aggregate(total=Count("pk"), oldest_at=Min("created_at")))


def reencrypt() -> int:
    """Put every mail that waits under the newest of ENCRYPTION_KEYS; return how many were not."""
    return change_in_batches(QueuedMail.objects.all(), _renew)


def _renew(mail: QueuedMail) -> bool:
    """Also while somebody sends it: they have read it, and write other fields."""
    try:
        renewed = renew(mail.sealed)
    except Undecipherable:
        return False  # who sends it says so
    if renewed == mail.sealed:
        return False
    mail.sealed = renewed
    mail.save(update_fields=["sealed"])
    return True


def drop_expired() -> int:
    """Delete the mails that would come too late to be of use; return how many."""
    return QueuedMail.objects.filter(expires_at__lte=timezone.now()).delete()[0]
