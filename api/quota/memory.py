"""Windows in the memory of this process."""

import threading
import time

from api.quota.windows import Found, Window


class MemoryBackend:
    """Exact across the threads of one process; a restart forgets it."""

    def __init__(self) -> None:
        self._sweep_at = 10_000  # windows, after which the closed ones are thrown out
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], tuple[int, float]] = {}  # → (count, moment it closes)

    def add(self, owner: str, windows: list[Window]) -> Found:
        now = time.monotonic()
        with self._lock:
            found = self._found(owner, windows, now)
            if all(before < window.limit for (before, _), window in zip(found, windows, strict=True)):
                for (before, calls_left), window in zip(found, windows, strict=True):
                    self._open[owner, window.name] = (before + 1, now + calls_left)
            if len(self._open) > self._sweep_at:
                self._open = {key: value for key, value in self._open.items() if value[1] > now}
                self._sweep_at = max(10_000, 2 * len(self._open))
            return found

    def read(self, owner: str, windows: list[Window]) -> Found:
        with self._lock:
            return self._found(owner, windows, time.monotonic())

    def _found(self, owner: str, windows: list[Window], now: float) -> Found:
        found = []
        for window in windows:
            before, closes = self._open.get((owner, window.name), (0, 0.0))
            found.append((before, closes - now) if closes > now else (0, float(window.seconds)))
        return found
