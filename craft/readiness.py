"""Whether everything that Craft needs answers: looked at once a second at most, and never waited for long."""

import logging
import threading
from collections.abc import Callable, Iterable
from functools import cache
from time import monotonic

from accounts.utils import database_faults
from craft.readiness_checks import CHECKS, NotReady

KEPT_SECONDS = 1.0
LOOK_SECONDS = 1.5
SILENT = "does not answer"
log = logging.getLogger(__name__)
Found = tuple[bool, dict[str, str]]  # whether all is well; what each check found


class Check:
    """One thing to ask, in a thread of its own: it may hang."""

    def __init__(self, name: str, ask: Callable[[], str]) -> None:
        self.name = name
        self._ask = ask
        self._thread: threading.Thread | None = None
        self._found = (False, SILENT)

    def start(self) -> None:
        """Ask, unless the last time hangs still."""
        if self._thread is None or not self._thread.is_alive():
            self._found = (False, SILENT)
            self._thread = threading.Thread(target=self._run, name=f"ready-{self.name}", daemon=True)
            self._thread.start()

    def found(self, seconds: float) -> tuple[bool, str]:
        """Whether it is well, and in words, after that many seconds at most."""
        if self._thread is not None:
            self._thread.join(max(0.0, seconds))
        return self._found

    def _run(self) -> None:
        try:
            self._found = (True, self._ask())
        except NotReady as error:
            self._found = (False, str(error))
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, it is not ready
            log.warning("%s: %s", self.name, database_faults.reason_of(error))


class Readiness:
    """What the checks found last. One caller asks; whoever comes meanwhile gets what was found before."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._checks = list(checks)
        self._asking = threading.Lock()
        self._found: Found | None = None
        self._is_kept_until = 0.0

    def look(self) -> Found:
        """What is known, no older than a second unless somebody is just asking."""
        if self._found is not None and monotonic() < self._is_kept_until:
            return self._found
        if not self._asking.acquire(timeout=0 if self._found else LOOK_SECONDS):
            return self._found or (False, {check.name: SILENT for check in self._checks})
        try:
            if self._found is None or monotonic() >= self._is_kept_until:
                self._found = self._look()
                self._is_kept_until = monotonic() + KEPT_SECONDS
            return self._found
        finally:
            self._asking.release()

    def _look(self) -> Found:
        deadline = monotonic() + LOOK_SECONDS
        for check in self._checks:
            check.start()
        found = {check.name: check.found(deadline - monotonic()) for check in self._checks}
        return all(is_well for is_well, _ in found.values()), {
            name: what for name, (_, what) in found.items()
        }


@cache
def readiness() -> Readiness:
    """The process's one."""
    return Readiness(Check(name, ask) for name, ask in CHECKS.items())
