"""What a drill reports: a row for each fault, printed as one table at the end of `make drill`."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

RECOVERY_SECONDS = 60


@dataclass
class Row:
    """One fault: what callers saw (status → how often; 0 is no answer), and what came of it."""

    fault: str
    seen: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds
    lost: int = 0  # of what was acknowledged, or left behind
    recovery: float | None = None  # seconds from the fault's end to the first good answer
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def call(self, do: Callable[[], int]) -> int:
        """Make a call that returns its status, and note what it saw; 0 when the connection broke."""
        began, status = time.monotonic(), 0
        with suppress(OSError):
            status = do()
        with self._lock:
            self.seen[status] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
        return status

    @contextmanager
    def calling(self, do: Callable[[], int], *, threads: int = 2, pause: float = 0.02) -> Iterator[None]:
        """Make calls all the while the block runs."""
        is_over = threading.Event()

        def keep_calling() -> None:
            while not is_over.wait(pause):
                self.call(do)

        callers = [threading.Thread(target=keep_calling, daemon=True) for _ in range(threads)]
        for caller in callers:
            caller.start()
        try:
            yield
        finally:
            is_over.set()
            for caller in callers:
                caller.join()

    def recover(self, do: Callable[[], int], good: int = 200) -> None:
        """Call until the answer is the good one, and note how long that took."""
        began = time.monotonic()
        while True:
            status = 0
            with suppress(OSError):
                status = do()
            if status == good:
                break
            assert time.monotonic() - began < RECOVERY_SECONDS, f"{self.fault}: still {status}"
            time.sleep(0.05)
        self.recovery = time.monotonic() - began


class Drill:
    """The rows of all drills of a run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def row(self, fault: str) -> Row:
        """A new row of the table."""
        self.rows.append(Row(fault))
        return self.rows[-1]

    def table(self) -> str:
        """All of it, as text."""
        lines = [("fault", "callers saw", "slowest", "lost", "recovered")]
        for row in self.rows:
            seen = ", ".join(
                f"{status or 'no answer'}: {count}" for status, count in sorted(row.seen.items())
            )
            recovered = "" if row.recovery is None else f"{row.recovery:.1f} s"
            lines.append((row.fault, seen, f"{row.slowest:.2f} s", str(row.lost), recovered))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )
