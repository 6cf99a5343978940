"""The thread of a serving process that sends mails: its own at once, those of other processes soon."""

import logging
import threading
from multiprocessing import util

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from accounts.mail.outbox import QUEUED
from accounts.mail.sender import MailServerAway, send_next
from accounts.utils import patience

log = logging.getLogger(__name__)

MAX_PAUSE_SECONDS = 60.0  # while the mail server or the database is away
STOP_SECONDS = 5.0  # for the mail that is being sent when the process ends


class SendingThread:
    """Runs until it is stopped, whatever happens to the mail server and the database."""

    def __init__(self, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it after the mail that is being sent; what waits is in the database."""
        self._stopping.set()
        QUEUED.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            failures = 0 if self._send_all() else failures + 1
            if failures:  # another mail in the outbox does not bring the server back
                self._stopping.wait(min(self._poll_seconds * 2**failures, MAX_PAUSE_SECONDS))
            else:
                QUEUED.wait(self._poll_seconds)
            QUEUED.clear()
        connection.close()

    def _send_all(self) -> bool:
        """Send what is due; whether mail server and database were there for it."""
        close_old_connections()
        patience.begin()
        try:
            while not self._stopping.is_set() and send_next() is not None:
                pass
        except MailServerAway:
            return False
        except DatabaseError as error:
            log.warning("mails wait: the database does not answer (%s)", type(error).__name__)
        except Exception:
            log.exception("sending mails failed")
        else:
            return True
        connection.close()
        return False


def start() -> None:
    """Start it for this process, unless MAIL_POLL_SECONDS is None; it ends with the process."""
    if settings.MAIL_POLL_SECONDS is not None:
        thread = SendingThread(settings.MAIL_POLL_SECONDS)
        # atexit does not run in a server's worker; multiprocessing's own finalizers do.
        util.Finalize(None, thread.stop, exitpriority=90)  # after the uses of credentials are written
