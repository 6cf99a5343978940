"""Counts one call in several fixed windows at once: in all of them, or, when one is full, in none.

A window opens with the first call that it counts, and closes its length later. Exact across threads and,
with Redis, across processes.
"""

import math
import sys
import time
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings

from accounts.utils.circuit_breaker import CircuitBreaker, ServiceAway
from api.quota.memory import MemoryBackend
from api.quota.redis import RedisBackend
from api.quota.windows import Backend, Count, Found, Window


class Counter:
    """A backend that may be away: then nothing is limited, which the log and health say."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._breaker = CircuitBreaker("rate limits are off: Redis does not answer", redis.RedisError)

    @property
    def is_away(self) -> bool:
        """Whether the last try failed a moment ago."""
        return self._breaker.is_open

    def count(self, owner: str, windows: list[Window]) -> Count | None:
        """Count a call of `owner`; None without windows, or when the counters are away."""
        found = self._try(self._backend.add, owner, windows)
        return None if found is None else _judge(windows, found)

    def left(self, owner: str, windows: list[Window]) -> list[tuple[Window, int, float]] | None:
        """How many calls are left in each window and for how many seconds, without counting.

        None when the counters are away.
        """
        found = self._try(self._backend.read, owner, windows)
        if found is None:
            return None
        return [
            (window, max(0, window.limit - before), seconds)
            for window, (before, seconds) in zip(windows, found, strict=True)
        ]

    def probe(self) -> None:
        """Count once, so that is_away is true of this moment: one that is full can still be read."""
        self._try(self._backend.add, "health", [Window("health", sys.maxsize, 1)])

    def _try(
        self, ask: Callable[[str, list[Window]], Found], owner: str, windows: list[Window]
    ) -> Found | None:
        if not windows:
            return None
        try:
            return self._breaker.call(ask, owner, windows)
        except ServiceAway:
            return None


@cache
def counter() -> Counter:
    """The process's one counter."""
    return Counter(RedisBackend(settings.REDIS_URL) if settings.REDIS_URL else MemoryBackend())


def count_call(owner: str, windows: list[Window]) -> Count | None:
    """Count a call of `owner` in all windows or in none; None when nothing limits it."""
    return counter().count(owner, windows)


def calls_left(owner: str, windows: list[Window]) -> list[tuple[Window, int, float]] | None:
    """What `owner` has left in each window and for how many seconds, without counting.

    None without windows or when they are away.
    """
    return counter().left(owner, windows)


def _judge(windows: list[Window], found: Found) -> Count:
    """The window with the fewest left; of several, as of full ones, that which stays open longest."""
    left, seconds, limit = min(
        (max(0, window.limit - before), -open_for, window.limit)
        for window, (before, open_for) in zip(windows, found, strict=True)
    )
    closes_at = math.ceil(time.time() - seconds)
    if left:
        return Count(limit, left - 1, closes_at, 0)
    return Count(limit, 0, closes_at, max(1, math.ceil(-seconds)))
