"""What a fact may be at a moment, as far as answers tell: changes overlap, and what is acknowledged holds.

enabled = Register(True)
change = enabled.begin(False)          # the call that changes it begins
change.done()                          # … was acknowledged; or change.refused(): nothing was changed
enabled.possible(began, ended)         # what a call may have met that began and ended at these moments
"""

import math
import threading
import time
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")
FORGOTTEN_SECONDS = 120  # no call takes that long


@dataclass(eq=False, slots=True)
class Change(Generic[V]):
    """A call that changes a fact. While it has no answer, nobody knows whether it did."""

    register: "Register[V]"
    value: V
    began: float
    ended: float = math.inf

    def done(self) -> None:
        """It was acknowledged."""
        self.ended = time.monotonic()

    def refused(self) -> None:
        """It was answered that nothing was changed."""
        self.register.forget(self)


class Register(Generic[V]):
    """One fact, by the monotonic clock."""

    def __init__(self, value: V) -> None:
        self._changes = [Change(self, value, -math.inf, -math.inf)]
        self._lock = threading.Lock()

    def __str__(self) -> str:
        """Its last changes, for who reads of a fault; in seconds before now."""
        now = time.monotonic()
        return ", ".join(
            f"{each.value} {each.began - now:.3f} to {each.ended - now:.3f}" for each in self._changes[-4:]
        )

    def begin(self, value: V) -> Change[V]:
        """A change begins now."""
        with self._lock:
            now = time.monotonic()
            self._changes = self._standing(now - FORGOTTEN_SECONDS)
            self._changes.append(change := Change(self, value, now))
        return change

    def forget(self, change: Change[V]) -> None:
        """One that never was."""
        with self._lock:
            self._changes.remove(change)

    def possible(self, began: float, ended: float) -> set[V]:
        """Every value that a call may have met."""
        with self._lock:
            return {each.value for each in self._standing(began) if each.began < ended}

    def now(self) -> set[V]:
        """What it may be at this moment."""
        return self.possible(now := time.monotonic(), now)

    def _standing(self, at: float) -> list[Change[V]]:
        """All but those after which another one began and ended before that moment."""
        latest = max((each.began for each in self._changes if each.ended < at), default=-math.inf)
        return [each for each in self._changes if each.ended >= latest]


class Together:
    """Facts that one act makes False.

    What is still being made while the act runs ends with it where `ends_what_is_made`; else nobody knows
    whether it was made before or after it.
    """

    def __init__(self, *, ends_what_is_made: bool) -> None:
        self._ends_what_is_made = ends_what_is_made
        self._made: list[Register[bool]] = []
        self._being_made: list[Register[bool]] = []
        self._under_way: list[list[Change[bool]]] = []
        self._lock = threading.Lock()

    def add(self, register: Register[bool]) -> Register[bool]:
        """One more, before the call that makes it begins."""
        with self._lock:
            self._being_made.append(register)
            for changes in self._under_way:
                self._end_unmade(register, changes)
        return register

    def made(self, register: Register[bool]) -> None:
        """It is there: what begins from now on ends it."""
        with self._lock:
            self._being_made.remove(register)
            self._made.append(register)

    def begin(self) -> list[Change[bool]]:
        """The act begins."""
        with self._lock:
            self._under_way.append(changes := [each.begin(False) for each in self._made])
            for register in self._being_made:
                self._end_unmade(register, changes)
        return changes

    def end(self, changes: list[Change[bool]], *, is_done: bool) -> None:
        """It was acknowledged, or refused."""
        with self._lock:
            self._under_way = [each for each in self._under_way if each is not changes]
            for change in changes:
                change.done() if is_done else change.refused()

    def _end_unmade(self, register: Register[bool], changes: list[Change[bool]]) -> None:
        change = register.begin(False)
        if self._ends_what_is_made:
            changes.append(change)
