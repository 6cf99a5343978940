"""What Craft needs, each as a question: returns what to say when it is well, and raises when it is not.

To add one, write a function here and name it in CHECKS. It runs in a thread of its own and may hang.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from accounts.mail import outbox
from accounts.utils import patience
from api.quota.counter import counter
from craft.migrations import count_missing

WELL = "ok"


class NotReady(Exception):
    """It is not well; the message is for everybody to read."""


def with_database(ask: Callable[[], str]) -> Callable[[], str]:
    """Asks on a connection of its own, with an end to every wait."""

    @wraps(ask)
    def bounded() -> str:
        patience.begin()
        try:
            return ask()
        finally:
            connection.close()

    return bounded


@with_database
def ask_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return WELL


class _Migrations:
    """Once they are applied they stay so for as long as this process runs its code."""

    are_applied = False

    def __call__(self) -> str:
        if not self.are_applied:
            if count_missing():
                raise NotReady("are missing")
            self.are_applied = True
        return WELL


def ask_counters() -> str:
    if not settings.REDIS_URL:
        return "in each process"
    counter().probe()
    if counter().is_away:
        raise NotReady("are away, nothing is limited")
    return "shared"


def ask_storage() -> str:
    """Write, for that is what fails on a full disk or a read-only one."""
    name = default_storage.save("ready-check", ContentFile(b"\0" * 4096))
    default_storage.delete(name)
    return WELL


@with_database
def ask_mail() -> str:
    """Told, and never a reason to take a process out of service: no request needs the mail server."""
    count, oldest_at = outbox.waiting()
    return f"{count} wait, the oldest since {oldest_at:%Y-%m-%dT%H:%M:%SZ}" if oldest_at else "none waits"


CHECKS: dict[str, Callable[[], str]] = {
    "database": ask_database,
    "migrations": with_database(_Migrations().__call__),
    "counters": ask_counters,
    "storage": ask_storage,
    "mail": ask_mail,
}
