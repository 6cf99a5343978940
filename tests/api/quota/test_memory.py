"""The windows in memory: one decision at a time, and closed windows go."""

import threading

from api.quota.counter import Counter
from api.quota.memory import MemoryBackend
from api.quota.windows import Window


class PausingLimit(int):
    """A limit that stops whoever compares with it, until it is told to go on."""

    def __init__(self, _: int) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __gt__(self, other: int) -> bool:
        self.reached.set()
        assert self.go_on.wait(60)
        return int(self) > other


def test_a_call_waits_while_another_is_being_decided() -> None:
    backend = MemoryBackend()
    limit = PausingLimit(1)
    found: list[list[tuple[int, float]]] = []

    def count(window: Window) -> threading.Thread:
        thread = threading.Thread(target=lambda: found.append(backend.add("alice", [window])), daemon=True)
        thread.start()
        return thread

    first = count(Window("minute", limit, 60))
    assert limit.reached.wait(60)
    second = count(Window("minute", 1, 60))
    second.join(0.2)  # more than it needs if nothing holds it; its result is the same however long we wait
    limit.go_on.set()
    for thread in (first, second):
        thread.join(60)
    assert [before for ((before, _),) in found] == [0, 1]


def test_closed_windows_are_thrown_out_and_open_ones_are_kept() -> None:
    backend = MemoryBackend()
    counter, hour, gone = Counter(backend), Window("hour", 5, 3600), Window("now", 5, 0)
    counter.count("alice", [hour])
    for number in range(25_000):
        backend.add(f"address:{number}", [gone])
    assert len(backend._open) <= 10_001
    assert [each[:2] for each in counter.left("alice", [hour]) or []] == [(hour, 4)]


def test_many_open_windows_are_all_kept_and_not_looked_through_at_each_call() -> None:
    backend = MemoryBackend()
    hour = Window("hour", 5, 3600)
    for number in range(10_050):
        backend.add(f"address:{number}", [hour])
    assert len(backend._open) == 10_050
    kept = backend._open
    backend.add("alice", [hour])
    assert backend._open is kept
