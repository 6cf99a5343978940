"""What nobody counts, but somebody can look up: the outbox, housekeeping, connections, buffers."""

import logging
import threading

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from accounts.mail import outbox
from accounts.models import LastRun, QueuedMail
from accounts.utils import patience
from api.oauth.services import last_use as grants
from api.quota.counter import counter
from apikeys import usage as keys
from craft.metrics import definitions

EVERY_SECONDS = 15.0  # as often as Prometheus usually asks
log = logging.getLogger(__name__)


def look() -> None:
    """Set every gauge once. Raises DatabaseError."""
    definitions.BUFFERED.labels("keys").set(keys.BUFFER.size())
    definitions.BUFFERED.labels("apps").set(grants.BUFFER.size())
    definitions.COUNTERS_AWAY.set(counter().is_away)
    total, oldest_at = outbox.waiting()
    definitions.MAILS_WAITING.set(total)
    definitions.MAILS_OLDEST.set((timezone.now() - oldest_at).total_seconds() if oldest_at else 0)
    definitions.MAILS_FAILING.set(QueuedMail.objects.exclude(last_error="").count() if total else 0)
    _look_at_housekeeping()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity"
                " WHERE datname = current_database()"
            )
            open_now, most = cursor.fetchone()
        definitions.CONNECTIONS.set(open_now)
        definitions.CONNECTIONS_LIMIT.set(most)


def _look_at_housekeeping() -> None:
    last = LastRun.objects.filter(job="housekeeping").first()
    definitions.HOUSEKEEPING_ENDED.set(last.ended_at.timestamp() if last else 0)
    if last is None:
        return
    definitions.HOUSEKEEPING_SECONDS.set(last.seconds)
    for what, count in last.did.items():
        definitions.HOUSEKEEPING_DID.labels(what).set(count)


def look_for_ever() -> None:
    """In a thread of its own."""
    pause = threading.Event()
    while True:
        close_old_connections()
        patience.begin()
        try:
            look()
        except DatabaseError as error:
            log.warning("metrics of the database are old: it does not answer (%s)", type(error).__name__)
            connection.close()
        except Exception:
            log.exception("looking at the metrics failed")
        pause.wait(EVERY_SECONDS)
