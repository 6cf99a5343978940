"""Sends what waits in the outbox. No request calls it: the sending thread does, and `housekeeping`.

At least once: a mail is taken from the outbox after the server has taken it, and comes twice only when that
could not be noted, above all when the process was killed in between.
"""

import contextlib
import logging
import smtplib
from datetime import timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.mail import outbox
from accounts.models import QueuedMail
from accounts.utils import occurrences

log = logging.getLogger(__name__)

# After how long a mail is tried again that the server did not take; the last one for ever.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 1800))
# For how long a mail belongs to who tries it: more than EMAIL_TIMEOUT for each of the five answers that
# may be waited for (MAIL, RCPT, DATA, its end, RSET). One whose process was killed is tried again after it.
LEASE = timedelta(minutes=2)


class MailServerAway(Exception):
    """No conversation with the mail server could be begun. The log has said so."""


def send_due() -> int:
    """Send every mail that is due; return how many were. Raises MailServerAway."""
    sent = 0
    while (was_sent := send_next()) is not None:
        sent += was_sent
    return sent


def send_next() -> bool | None:
    """Try one mail that is due: whether it was sent, None when there is none. Raises MailServerAway."""
    if not QueuedMail.objects.filter(not_before__lte=timezone.now()).exists():
        return None
    if dropped := outbox.drop_expired():
        log.warning("dropped mails that could not be sent in time: %d", dropped)
        for _ in range(dropped):
            occurrences.note("mail", "dropped")
    server = _connect()
    try:
        mail = _take()
        return None if mail is None else _send(mail, server)
    finally:
        with contextlib.suppress(OSError):  # what it says to QUIT does not matter
            server.close()


def _connect() -> BaseEmailBackend:
    """The mail server, ready for a mail. A new connection for each: none is kept that has gone bad."""
    try:
        server = get_connection()
        server.open()
    except Exception as error:
        count, oldest_at = outbox.waiting()
        occurrences.note("mail", "server away")
        log.warning("mail server is away (%s): %d mails wait since %s", _name(error), count, oldest_at)
        raise MailServerAway from error
    return server


def _take() -> QueuedMail | None:
    """The mail that has been due for longest, which nobody else then takes before the lease is over.

    No transaction is open while a mail server is spoken to.
    """
    now = timezone.now()
    due = QueuedMail.objects.select_for_update(skip_locked=True).filter(
        not_before__lte=now, expires_at__gt=now
    )
    with transaction.atomic():
        mail = due.order_by("not_before", "pk").first()
        if mail is not None:
            mail.not_before, mail.tries, mail.last_error = now + LEASE, mail.tries + 1, ""
            mail.save(update_fields=["not_before", "tries", "last_error"])
    return mail


def _send(mail: QueuedMail, server: BaseEmailBackend) -> bool:
    """Whether the server took it. If not it waits for its next try."""
    try:
        server.send_messages([outbox.unseal(mail)])
    except Exception as error:  # noqa: BLE001  whatever is wrong with one mail must not hold up the others
        occurrences.note("mail", "not taken")
        pause = PAUSES[min(mail.tries, len(PAUSES)) - 1]
        log.warning(
            "mail %d was not taken (%s), try %d; again in %s", mail.pk, _name(error), mail.tries, pause
        )
        # Unless the lease ran out and another one has it now.
        QueuedMail.objects.filter(pk=mail.pk, tries=mail.tries).update(
            not_before=timezone.now() + pause, last_error=_name(error)
        )
        return False
    mail.delete()
    occurrences.note("mail", "sent")
    return True


def _name(error: Exception) -> str:
    """The kind of an error and the server's code, without its words: they may hold the address."""
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f"{type(error).__name__}{f' {code}' if code else ''}"[:60]
