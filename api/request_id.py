"""The id of the request that this thread is busy with: in its answer, and in each line of the log."""

import secrets
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="-")


def renew() -> None:
    """Give a new request its id, which stays until the thread's next request."""
    _current.set(secrets.token_hex(16))


def current() -> str:
    """32 hexadecimal digits; "-" outside of a request."""
    return _current.get()
