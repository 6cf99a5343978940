"""Waiting for what happens in a thread, or another process."""

import time
from collections.abc import Callable

WAIT_SECONDS = 60  # much more than it takes, for a busy machine


def wait_until(is_so: Callable[[], object]) -> None:
    """Return once something is so. Fails when it never is."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # what is waited for needs the processor, too
