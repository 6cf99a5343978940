"""The time: codes of authenticator apps, ends of keys and limits go by it, on every machine."""

import time
from typing import cast

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from craft.doctor.fault import Fault
from craft.readiness_checks import with_database

SECONDS_APART = 2.0


@with_database
def ask_clock() -> str:
    """Compare with the machines of database and counters, if these answer; other checks say if not."""
    for name, moment in (("database", _of_database()), ("counters", _of_counters())):
        apart = 0.0 if moment is None else abs(moment - time.time())
        if apart > SECONDS_APART:
            raise Fault(
                f"This machine's clock and that of the {name} are {apart:.0f} seconds apart: let both follow "
                "a time server (systemd-timesyncd or chrony)."
            )
    return "agrees"


def _of_database() -> float | None:
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            return float(cursor.fetchone()[0])
    except DatabaseError:
        return None


def _of_counters() -> float | None:
    if not settings.REDIS_URL:
        return None
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            seconds, microseconds = cast("tuple[int, int]", client.time())
            return seconds + microseconds / 1e6
    except redis.RedisError:
        return None
