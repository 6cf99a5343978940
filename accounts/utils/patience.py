"""How long a request waits for the database in all, so that its answer comes in time whatever hangs.

Each request, and each turn of a thread in the background, says `begin()` and may then wait for
REQUEST_SECONDS altogether, however many statements it sends. A command says nothing and waits as long as it
takes.
"""

import threading
from time import monotonic

REQUEST_SECONDS = 4.0  # an answer takes five at most, and has more to do than to wait
CONNECT_SECONDS = 2  # of these, for a new connection; libpq takes whole seconds, two at least
DOUBT_SECONDS = 1.5  # without any answer; then one thread goes on waiting, the others serve what needs none
SILENT_SECONDS = 1.0  # in which a database that answered nobody is not asked again


class ImpatientError(Exception):
    """There is no use in waiting, or none any more."""


class _Waiter(threading.local):
    """A thread. `left`: seconds it may still wait; None for as long as it takes."""

    left: float | None = None


class _Database:
    """What this process knows of the database. Moments are of the monotonic clock."""

    answered_at = 0.0
    is_silent_until = 0.0  # 0 once it has answered
    is_awaited_until = 0.0  # by the one thread that goes on waiting


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
    who queue behind a request that waited in vain would else wait once more. When that is over, the first
    who comes asks for all: it may go, the others are refused until it has its answer or may have none.
    """
    left = _waiter.left
    if left is None:
        return None
    if left <= least:
        raise ImpatientError("this request has waited for the database as long as it may")
    if silent_until := _database.is_silent_until:
        now = monotonic()
        if now < silent_until:
            raise ImpatientError("the database answered nobody a moment ago")
        _database.is_silent_until = now + CONNECT_SECONDS
    return left


def is_over(began_at: float, left: float) -> bool:
    """Whether this thread stops waiting that has waited since `began_at` and might do so for `left` seconds.

    It stops early once nobody was answered for DOUBT_SECONDS and another thread goes on waiting already: a
    process in which all threads wait cannot even say that it is alive.
    """
    now, end_at = monotonic(), began_at + left
    if now >= end_at:
        return True
    if now - max(began_at, _database.answered_at) < DOUBT_SECONDS:
        return False
    if now >= _database.is_awaited_until:
        _database.is_awaited_until = end_at  # by this thread
    return _database.is_awaited_until != end_at


def note_answer(began_at: float) -> None:
    """The database has answered what this thread asked at `began_at`."""
    now = _database.answered_at = monotonic()
    _database.is_silent_until = _database.is_awaited_until = 0.0
    if _waiter.left is not None:
        _waiter.left -= now - began_at


def note_silence(began_at: float) -> None:
    """This thread has waited since `began_at` in vain. If so did all others, nobody asks for a moment.

    What came in the first moments of this wait may have been on its way already when the silence began.
    """
    now = monotonic()
    if _waiter.left is not None:
        _waiter.left -= now - began_at
    if _database.answered_at < max(began_at, now - DOUBT_SECONDS):
        _database.is_silent_until = now + SILENT_SECONDS
