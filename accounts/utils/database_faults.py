"""Whether an error is the database's bad day, which passes, or a mistake of ours, which does not."""

import sqlite3

import psycopg
from django.db import DatabaseError, InterfaceError

# SQLSTATE, its class of two characters or the whole (PostgreSQL, appendix A)
BAD_DAY = (
    "08",  # the connection
    "53",  # no disk, memory or connection left
    "57",  # shut down, crashed, statement time-out
    "58",  # the server's own system failed
    "55P03",  # lock time-out
    "25P03",  # time-out of an idle transaction
    "25P04",  # time-out of a transaction
    "25006",  # read-only: a replica, or a server that has no room left
)
SQLITE_BAD_DAY = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


def is_away(error: BaseException | None) -> bool:
    """Whether this is Django's error for a database that is away, full or too slow."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        if cause.sqlstate:
            return cause.sqlstate.startswith(BAD_DAY)
        return isinstance(cause, psycopg.OperationalError)  # without an answer of the server
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_BAD_DAY
    return isinstance(error, InterfaceError)  # Django's own: the connection broke within a transaction


def reason_of(error: BaseException) -> str:
    """The error in one line, for the log. No driver puts a password or a parameter's value into it."""
    return " ".join(str(error).split())
