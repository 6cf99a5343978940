"""Writes that may wait: gathered in the process and written together.

For "last used" and counters: true within seconds, without a write for each request. Written every
USAGE_FLUSH_SECONDS and when the process ends.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing import util
from typing import Any, Generic, Protocol, Self, TypeVar

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, connection

from accounts.utils import patience

log = logging.getLogger(__name__)
# So many things are gathered in one go. One alone, among all else that a call does, takes twice as long:
# none of it is in the processor's caches.
AT_ONCE = 64


class Batch(Protocol):
    """What was gathered since the last flush."""

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        ...

    def __len__(self) -> int:
        """How many things that are told apart."""
        ...

    def merge(self, later: Self) -> None:
        """Take in what was gathered after this."""
        ...


B = TypeVar("B", bound=Batch)
T = TypeVar("T")


class Buffer(Generic[B]):
    """The batch that is being gathered; `write` stores one, in a transaction of its own."""

    def __init__(self, new_batch: Callable[[], B], write: Callable[[B], None]) -> None:
        self._new_batch, self._write = new_batch, write
        self._lock = threading.Lock()  # of the batch; to append to what was added needs none
        self._added: deque[tuple[Callable[[B, Any], object], Any]] = deque()
        self._pending = new_batch()
        self._has_flusher = False

    def add(self, gather: Callable[[B, T], object], thing: T) -> None:
        """Have `gather(batch, thing)` called, at the latest before the batch is written. Memory only."""
        self._added.append((gather, thing))
        if len(self._added) >= AT_ONCE:
            with self._lock:
                self._gather()
        if not self._has_flusher:
            self._start_flusher()

    def flush(self) -> bool:
        """Write what is pending; whether there was anything. When the database is away it stays pending."""
        batch = self._take()
        if not batch:
            return False
        try:
            try:
                self._write(batch)
            except IntegrityError:  # a row went while we wrote: the second time it is not found any more
                self._write(batch)
        except DatabaseError as error:
            log.warning("pending uses could not be written; trying again later (%s)", error)
            self._put_back(batch)
        return True

    def size(self) -> int:
        """How much is pending."""
        with self._lock:
            self._gather()
            return len(self._pending)

    def discard(self) -> None:
        """Forget what is pending."""
        self._take()

    def _gather(self) -> None:
        """Take into the batch what was added, in that order. With the lock held."""
        while self._added:
            gather, thing = self._added.popleft()
            gather(self._pending, thing)

    def _take(self) -> B:
        with self._lock:
            self._gather()
            batch, self._pending = self._pending, self._new_batch()
        return batch

    def _put_back(self, batch: B) -> None:
        with self._lock:
            batch.merge(self._pending)
            self._pending = batch

    def _start_flusher(self) -> None:
        """Start the buffer's thread on the first use: after the server has forked."""
        if settings.USAGE_FLUSH_SECONDS is None:
            return
        with self._lock:
            if not self._has_flusher:
                self._has_flusher = True
                threading.Thread(target=self._flush_forever, name="usage-flush", daemon=True).start()
                # atexit does not run in a server's worker; multiprocessing's own finalizers do.
                util.Finalize(None, self.flush, exitpriority=100)

    def _flush_forever(self) -> None:
        """A connection is kept while there is always something to write: a new one costs the server 6 ms."""
        pause = threading.Event()
        while not pause.wait(settings.USAGE_FLUSH_SECONDS):
            patience.begin()
            close_old_connections()
            try:
                is_busy = self.flush()
            except Exception:
                log.exception("flushing pending uses failed")
                is_busy = False
            if not is_busy:
                connection.close()
