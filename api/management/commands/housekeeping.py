"""`housekeeping`: everything that is due. Run it every minute."""

from datetime import timedelta
from time import monotonic
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import security_log, sessions, tries
from accounts.mail import outbox, sender
from accounts.models import LastRun
from accounts.signin.factors import reencryption, trust
from accounts.utils.batches import delete_in_batches
from accounts.utils.encryption import has_older_keys
from api.account.closed_accounts import delete_closed_accounts
from api.oauth.services import cleanup
from api.projects.services import stored_objects
from apikeys import services
from apikeys.usage import retention

# A sign-in writes the list's row a moment before the session's own: a row this young may still wait for it.
SIGN_IN_TAKES_AT_MOST = timedelta(hours=1)


class Command(BaseCommand):
    """Prints how many rows of each kind went. Nothing that decides a 401 waits for it."""

    help = (
        "Delete what has had its time: closed accounts, sessions, ended keys, codes and tokens, files "
        "nothing needs, old counters and logs. Then send the mails that wait."
    )

    def handle(self, **_: Any) -> None:
        """Do what is due; a second run at the same time takes what this one leaves."""
        began_at = monotonic()
        counts = {
            # First: what files it lets go of are deleted by this very run.
            "closed accounts": delete_closed_accounts(timezone.now()),
            "sessions": sessions.delete_ended(timezone.now()),
            "listed sessions": _delete_listed_sessions(),
            "keys": services.delete_ended_keys(),
            "rows of usage": retention.delete_old(),
            "stored files": stored_objects.delete_let_go(),
            "counts of tries": tries.delete_old(),
            "trusted browsers": trust.delete_old(),
            "activity lines": security_log.delete_old(),
            "failed token requests": cleanup.delete_ended(),
            "mails too late to send": outbox.drop_expired(),
        }
        told = services.tell_of_expiry(timezone.now())
        self.stdout.write(f"Told of expiry: {told} keys")
        self.stdout.write("Deleted: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        if has_older_keys():
            self.stdout.write(
                f"Encrypted anew: {reencryption.reencrypt()} second factors, {outbox.reencrypt()} mails; "
                f"under older keys are still {reencryption.left().count()} second factors"
            )
        # What the servers' own threads left: last, since a mail server may take its time.
        sent = 0
        try:
            sent = sender.send_due()
            self.stdout.write(f"Sent: {sent} mails")
        except sender.MailServerAway:
            self.stdout.write(f"The mail server is away: {outbox.waiting().total} mails wait")
        did = {**counts, "keys told of expiry": told, "mails sent": sent}
        _note_end(monotonic() - began_at, did)


def _note_end(seconds: float, did: dict[str, int]) -> None:
    """Say that it came to its end, for who watches."""
    values = {"ended_at": timezone.now(), "seconds": seconds, "did": did}
    LastRun.objects.update_or_create(job="housekeeping", defaults=values)


def _delete_listed_sessions() -> int:
    """Rows of the page "Sessions" whose session is gone."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    settled = UserSession.objects.filter(created_at__lt=timezone.now() - SIGN_IN_TAKES_AT_MOST)
    return delete_in_batches(settled.filter(~Exists(session)))
