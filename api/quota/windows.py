"""What is counted in, what a count finds, and what can count."""

from typing import NamedTuple, Protocol

# For each window: (calls counted before, seconds it stays open).
Found = list[tuple[int, float]]


class Window(NamedTuple):
    """At most `limit` calls in `seconds`. `name` tells apart what is counted in it."""

    name: str
    limit: int
    seconds: int


class Count(NamedTuple):
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
    """Where windows are kept: in memory or in Redis."""

    def add(self, owner: str, windows: list[Window]) -> Found:
        """Count one more in every window, or in none when one is full."""

    def read(self, owner: str, windows: list[Window]) -> Found:
        """What `add` would find, without counting anything."""
