"""The id of the request that this thread is busy with: in its answer, and in each line of the log."""

import random
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="-")


def renew() -> None:
    """Give a new request its id, which stays until the thread's next request.

    No secret: asking the kernel for one would let another thread run each time.
    """
    _current.set(f"{random.getrandbits(128):032x}")


def current() -> str:
    """32 hexadecimal digits; "-" outside of a request."""
    return _current.get()
