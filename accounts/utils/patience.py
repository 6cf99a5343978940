"""How long a request waits for the database in all, so that its answer comes in time whatever hangs.

Each request, and each turn of a thread in the background, says `begin()` and may then wait for
REQUEST_SECONDS altogether, however many statements it sends. A command says nothing and waits as long as it
takes.
"""

import threading
from time import monotonic

REQUEST_SECONDS = 4.0  # an answer takes five at most, and has more to do than to wait
CONNECT_SECONDS = 2  # of these, for a new connection; libpq takes whole seconds, two at least
SILENT_SECONDS = 1.0  # in which a database that answered nobody is not asked again


class ImpatientError(Exception):
    """There is no use in waiting, or none any more."""


class _Waiter(threading.local):
    """A thread. `left`: seconds it may still wait; None for as long as it takes."""

    left: float | None = None


class _Database:
    """What this process knows of the database. Moments are of the monotonic clock."""

    answered_at = 0.0
    is_silent_until = 0.0


_waiter, _database = _Waiter(), _Database()


def begin(seconds: float = REQUEST_SECONDS) -> None:
    """Start counting anew in this thread."""
    _waiter.left = seconds


def stop_counting() -> None:
    """Let this thread wait as long as it takes again."""
    _waiter.left = None


def is_counted() -> bool:
    """Whether this thread's waits are counted; a command's are not."""
    return _waiter.left is not None


def seconds_left(least: float = 0.0) -> float | None:
    """How long this thread may wait now; None for as long as it takes.

    Raises ImpatientError when that is no longer than `least`, or while the database answers nobody: those
    who queue behind a request that waited in vain would else wait once more.
    """
    left = _waiter.left
    if left is None:
        return None
    if left <= least:
        raise ImpatientError("this request has waited for the database as long as it may")
    if monotonic() < _database.is_silent_until:
        raise ImpatientError("the database answered nobody a moment ago")
    return left


def note_answer(began_at: float) -> None:
    """The database has answered what this thread asked at `began_at`."""
    now = _database.answered_at = monotonic()
    if _waiter.left is not None:
        _waiter.left -= now - began_at


def note_silence(began_at: float) -> None:
    """This thread has waited since `began_at` in vain. If so did all others, nobody asks for a moment."""
    now = monotonic()
    if _waiter.left is not None:
        _waiter.left -= now - began_at
    if _database.answered_at < began_at:
        _database.is_silent_until = now + SILENT_SECONDS
