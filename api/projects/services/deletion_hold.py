"""While a backup is made no file is deleted: what the database's dump names is still there to be copied.

A lock of PostgreSQL: whoever deletes shares it for a transaction, a backup has it alone. SQLite has none.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 0x6372616674  # "craft"; the database's numbers of locks are ours alone


def may_delete() -> bool:
    """Whether no backup is under way; none begins before the caller's transaction is through."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def held() -> Iterator[None]:
    """Let nobody delete meanwhile; waits for those who do. It ends with this process, too."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
