"""Uses of credentials, gathered in the process and written together.

For "last used" and counters: true within seconds, without a write for each request. Written every
USAGE_FLUSH_SECONDS, when the process ends, and before a page shows them.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import util

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from accounts.utils import patience
from accounts.web.client import Client

log = logging.getLogger(__name__)
CLOCKS_DIFFER = timedelta(minutes=1)  # of two hosts, at most: a last use further ahead of ours is wrong


@dataclass(slots=True)
class Use:
    """What one credential did since the last flush. `hours`: beginning of an hour → requests in it."""

    at: datetime
    client: Client
    hours: dict[datetime, int] = field(default_factory=dict)


class Buffer:
    """Pending uses by the primary key of a row; `write` stores them all, in a transaction of its own."""

    def __init__(self, write: Callable[[dict[int, Use]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._pending: dict[int, Use] = {}
        self._has_flusher = False

    def record(self, row_id: int, client: Client) -> None:
        """Note that a credential authenticated a request now. Memory only."""
        now = timezone.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            use = self._pending.setdefault(row_id, Use(now, client))
            use.at, use.client = now, client
            use.hours[hour] = use.hours.get(hour, 0) + 1
        self._start_flusher()

    def flush(self) -> None:
        """Write what is pending. When the database is away it stays pending, for the next time."""
        with self._lock:
            uses = self._pending.copy()
            self._pending.clear()
        if not uses:
            return
        try:
            try:
                self._write(uses)
            except IntegrityError:  # a row went while we wrote: the second time it is not found any more
                self._write(uses)
        except DatabaseError as error:
            log.warning("%d last uses could not be written; trying again later (%s)", len(uses), error)
            self._put_back(uses)

    def discard(self) -> None:
        """Forget what is pending."""
        with self._lock:
            self._pending.clear()

    def _put_back(self, uses: dict[int, Use]) -> None:
        with self._lock:
            for row_id, use in uses.items():
                newer = self._pending.setdefault(row_id, use)
                if newer is not use:
                    for hour, count in use.hours.items():
                        newer.hours[hour] = newer.hours.get(hour, 0) + count

    def _start_flusher(self) -> None:
        """Start the buffer's thread on the first use: after the server has forked."""
        if self._has_flusher or settings.USAGE_FLUSH_SECONDS is None:
            return
        with self._lock:
            if not self._has_flusher:
                self._has_flusher = True
                threading.Thread(target=self._flush_forever, name="usage-flush", daemon=True).start()
                # atexit does not run in a server's worker; multiprocessing's own finalizers do.
                util.Finalize(None, self.flush, exitpriority=100)

    def _flush_forever(self) -> None:
        pause = threading.Event()
        while not pause.wait(settings.USAGE_FLUSH_SECONDS):
            patience.begin()
            try:
                self.flush()
            except Exception:
                log.exception("flushing last uses failed")
            finally:
                connection.close()
