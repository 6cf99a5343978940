"""A connection to PostgreSQL that does not wait for ever.

The server's own time-outs do not do this: they run out only in a server that runs. One that is paused, or
behind a network that swallows what is sent, answers nothing, and says nothing of it.
"""

from collections.abc import Sequence
from functools import cached_property
from time import monotonic
from typing import Any, Self, TypeVar

import psycopg
from psycopg import errors, waiting
from psycopg.abc import PQGen

from accounts.utils import patience
from accounts.utils.postgresql.prepared_reads import PreparedReads, Row

RV = TypeVar("RV")
WAKE_SECONDS = 0.1  # as in psycopg: how often a wait looks for Ctrl-C


class BoundedConnection(psycopg.Connection[Any]):
    """Waits as long as accounts.utils.patience lets this thread; then it is closed: its state is unknown."""

    @classmethod
    def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        """See psycopg. Raises OperationalError within CONNECT_SECONDS, or at once."""
        if _seconds_left(patience.CONNECT_SECONDS - 0.01) is not None:
            kwargs["connect_timeout"] = patience.CONNECT_SECONDS
        began_at = monotonic()
        try:
            made = super().connect(conninfo, **kwargs)
        except errors.ConnectionTimeout:
            patience.note_silence(began_at)
            raise
        except psycopg.Error:  # a refusal is an answer, too
            patience.note_answer(began_at)
            raise
        patience.note_answer(began_at)
        return made

    def read(self, sql: str, values: Sequence[str | int], *, only_first: bool) -> list[Row]:
        """The rows of a SELECT that is asked again and again. Raises psycopg.Error."""
        if self._prepared_reads.is_possible:
            return self._prepared_reads.read(sql, values, only_first=only_first)
        rows: list[Row] = self._reader.execute(sql, values).fetchall()
        return rows[:1] if only_first else rows

    @cached_property
    def _prepared_reads(self) -> PreparedReads:
        return PreparedReads(self, self._reader)

    @cached_property
    def _reader(self) -> psycopg.Cursor[Any]:
        """A cursor for one statement after the other, each read to its end: a new one costs 12 µs.

        Moments are read by psycopg's own loader: Django's, in Python, takes 2 µs for each.
        """
        cursor = self.cursor()
        moment = psycopg.adapters.types["timestamptz"].oid
        if loader := psycopg.adapters.get_loader(moment, psycopg.pq.Format.TEXT):
            cursor.adapters.register_loader(moment, loader)
        return cursor

    def wait(self, gen: PQGen[RV], interval: float = WAKE_SECONDS, timeout: float | None = None) -> RV:
        """See psycopg. Raises OperationalError when time is up."""
        left = _seconds_left()
        if left is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        began_at = monotonic()
        try:
            # Not super().wait(): all that it adds is for Ctrl-C, which no such thread gets.
            answer = waiting.wait(_patiently(gen, began_at, left), self.pgconn.socket, interval)
        except errors._WaitTimeout:
            self.pgconn.finish()
            patience.note_silence(began_at)
            raise psycopg.OperationalError("the database did not answer in time") from None
        except psycopg.Error:
            patience.note_answer(began_at)
            raise
        patience.note_answer(began_at)
        return answer


def _patiently(gen: PQGen[RV], began_at: float, left: float) -> PQGen[RV]:
    """The same, but raises _WaitTimeout when it is woken and this thread has waited as long as it may."""
    try:
        state = next(gen)
        while True:
            ready = yield state
            if not ready and patience.is_over(began_at, left):
                raise errors._WaitTimeout
            state = gen.send(ready)
    except StopIteration as end:
        answer: RV = end.value
        return answer


def _seconds_left(least: float = 0.0) -> float | None:
    try:
        return patience.seconds_left(least)
    except patience.ImpatientError as error:
        raise psycopg.OperationalError(str(error)) from None
