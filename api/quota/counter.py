"""Counts one call in several fixed windows at once: in all of them, or, when one is full, in none.

A window opens with the first call that it counts, and closes its length later. Exact across threads and,
with Redis, across processes: one script does it in one round trip.
"""

import logging
import math
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import redis
from django.conf import settings

log = logging.getLogger(__name__)

RETRY_REDIS_AFTER = 2.0  # seconds in which an absent Redis is not asked again


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` calls in `seconds`. `name` tells apart what is counted in it."""

    name: str
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Count:
    """What a count found. Of the window with the fewest calls left: `limit`, `remaining`, `reset`.

    `reset` is in Unix seconds; `retry_after` is 0 for a call that was let through, else seconds to wait.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def is_refused(self) -> bool:
        """Whether a window was full."""
        return self.retry_after > 0


class Backend(Protocol):
    """Where the windows are. Both return, for each: (calls counted before, seconds it stays open)."""

    def add(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """Count one more in every window, or in none when one is full."""

    def read(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """Count nothing."""


class MemoryBackend:
    """Windows in the memory of this process."""

    def __init__(self) -> None:
        self._sweep_at = 10_000  # windows, after which the closed ones are thrown out
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], tuple[int, float]] = {}  # → (count, moment it closes)

    def add(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """See Backend."""
        now = time.monotonic()
        with self._lock:
            found = self._found(owner, windows, now)
            if all(before < window.limit for (before, _), window in zip(found, windows, strict=True)):
                for (before, left), window in zip(found, windows, strict=True):
                    self._open[owner, window.name] = (before + 1, now + left)
            if len(self._open) > self._sweep_at:
                self._open = {key: value for key, value in self._open.items() if value[1] > now}
                self._sweep_at = max(10_000, 2 * len(self._open))
            return found

    def read(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """See Backend."""
        with self._lock:
            return self._found(owner, windows, time.monotonic())

    def _found(self, owner: str, windows: list[Window], now: float) -> list[tuple[int, float]]:
        found = []
        for window in windows:
            before, closes = self._open.get((owner, window.name), (0, 0.0))
            found.append((before, closes - now) if closes > now else (0, float(window.seconds)))
        return found


SCRIPT = """
local found, full = {}, false
for i, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  local before = 0
  if left > 0 then before = tonumber(redis.call('GET', key)) else left = ARGV[2 * i] * 1000 end
  if before >= tonumber(ARGV[2 * i - 1]) then full = true end
  found[2 * i - 1], found[2 * i] = before, left
end
if not full then
  for i, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i] * 1000) end
  end
end
return found
"""


class RedisBackend:
    """Windows in Redis or Valkey, shared by all processes. The braces keep an owner's keys in one slot."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=None, health_check_interval=0
        )
        self._script = self._redis.register_script(SCRIPT)

    def add(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """See Backend. Raises redis.RedisError."""
        arguments = [value for window in windows for value in (window.limit, window.seconds)]
        flat = self._script(keys=[_key(owner, window) for window in windows], args=arguments)
        return [(int(before), int(left) / 1000) for before, left in zip(flat[::2], flat[1::2], strict=True)]

    def read(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """See Backend. Raises redis.RedisError."""
        with self._redis.pipeline(transaction=False) as pipe:
            for window in windows:
                pipe.get(_key(owner, window))
                pipe.pttl(_key(owner, window))
            flat = pipe.execute()
        return [
            (int(before), left / 1000) if before is not None and left > 0 else (0, float(window.seconds))
            for before, left, window in zip(flat[::2], flat[1::2], windows, strict=True)
        ]


class Counter:
    """A backend that may be away: then nothing is limited, which the log and health say."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._ask_again_at = 0.0

    @property
    def is_away(self) -> bool:
        """Whether the last try failed a moment ago."""
        return time.monotonic() < self._ask_again_at

    def count(self, owner: str, windows: list[Window]) -> Count | None:
        """Count a call of `owner`; None without windows, or when the counters are away."""
        found = self._try(self._backend.add, owner, windows)
        return None if found is None else _judge(windows, found)

    def left(self, owner: str, windows: list[Window]) -> list[tuple[Window, int]] | None:
        """How many calls are left in each window, without counting; None when the counters are away."""
        found = self._try(self._backend.read, owner, windows)
        if found is None:
            return None
        return [
            (window, max(0, window.limit - before))
            for window, (before, _) in zip(windows, found, strict=True)
        ]

    def probe(self) -> None:
        """Ask once, so that is_away is true of this moment."""
        self._try(self._backend.read, "health", [Window("health", 1, 1)])

    def _try(self, ask: "Ask", owner: str, windows: list[Window]) -> list[tuple[int, float]] | None:
        if not windows or self.is_away:
            return None
        try:
            return ask(owner, windows)
        except redis.RedisError as error:
            self._ask_again_at = time.monotonic() + RETRY_REDIS_AFTER
            log.warning("rate limits are off: Redis does not answer (%s)", error)
            return None


class Ask(Protocol):
    """Backend.add or Backend.read."""

    def __call__(self, owner: str, windows: list[Window]) -> list[tuple[int, float]]:
        """Ask."""


@cache
def counter() -> Counter:
    """The process's one counter."""
    return Counter(RedisBackend(settings.REDIS_URL) if settings.REDIS_URL else MemoryBackend())


def count(owner: str, windows: list[Window]) -> Count | None:
    """Count a call of `owner` in all windows or in none; None when nothing limits it."""
    return counter().count(owner, windows)


def left(owner: str, windows: list[Window]) -> list[tuple[Window, int]] | None:
    """What `owner` has left in each window, without counting; None without windows or when they are away."""
    return counter().left(owner, windows)


def _key(owner: str, window: Window) -> str:
    return f"quota:{{{owner}}}:{window.name}"


def _judge(windows: list[Window], found: list[tuple[int, float]]) -> Count:
    """The window with the fewest left; of full ones that which stays closed longest."""
    full = [
        (window, left)
        for window, (before, left) in zip(windows, found, strict=True)
        if before >= window.limit
    ]
    now = time.time()
    if full:
        window, left = max(full, key=lambda pair: pair[1])
        return Count(window.limit, 0, math.ceil(now + left), max(1, math.ceil(left)))
    window, (before, left) = min(
        zip(windows, found, strict=True), key=lambda pair: (pair[0].limit - pair[1][0], -pair[1][1])
    )
    return Count(window.limit, window.limit - before - 1, math.ceil(now + left), 0)
