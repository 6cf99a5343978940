"""What else Craft needs: shared counters, a place for files, a mail server, and housekeeping."""

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from accounts.mail import outbox
from accounts.models import LastRun
from craft.doctor.database import unless_away
from craft.doctor.fault import Fault
from craft.readiness_checks import NotReady, ask_counters, ask_storage

MAIL_SECONDS = 5
MAIL_WAITS = timedelta(minutes=15)
HOUSEKEEPING_EVERY = timedelta(minutes=5)  # at least; it is meant to be every minute


def ask_shared_counters() -> str:
    try:
        return ask_counters()
    except NotReady as error:
        raise Fault(
            "Nothing answers at REDIS_URL, or it takes no more, so calls are not limited. Is Valkey running, "
            "are host, port and password right, and has it memory left?"
        ) from error


def ask_writable_storage() -> str:
    try:
        ask_storage()
    except Exception as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Fault(
            f"Nothing can be written where STORAGE_URL says ({reason}). Is the disk or bucket there, has it "
            "room, and may the user who runs Craft write to it?"
        ) from error
    return "can be written"


@unless_away
def ask_mail() -> str:
    total, oldest_at = outbox.waiting()
    if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        try:
            with get_connection(timeout=MAIL_SECONDS):
                pass
        except (OSError, smtplib.SMTPException) as error:
            code = getattr(error, "smtp_code", None) or getattr(error, "strerror", None) or ""
            raise Fault(
                f"The mail server of EMAIL_URL cannot be used ({type(error).__name__} {code}".rstrip()
                + f"); {total} mails wait. Are host, port, user and password right, and does it take TLS?"
            ) from error
    if oldest_at and oldest_at < timezone.now() - MAIL_WAITS:
        raise Fault(
            f"{total} mails wait, the oldest since {oldest_at:%Y-%m-%d %H:%M} UTC. The log says why under "
            "accounts.mail, and the admin shows each with its last error."
        )
    return f"{total} mails wait"


@unless_away
def ask_housekeeping() -> str:
    last = LastRun.objects.filter(job="housekeeping").first()
    if last is None or last.ended_at < timezone.now() - HOUSEKEEPING_EVERY:
        since = f"since {last.ended_at:%Y-%m-%d %H:%M} UTC" if last else "here yet"
        raise Fault(
            f"`python manage.py housekeeping` has not come to its end {since}: run it every minute, by cron "
            "or a timer."
        )
    return f"{last.ended_at:%Y-%m-%d %H:%M:%S} UTC, in {last.seconds:.1f} seconds"
