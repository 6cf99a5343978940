"""Tells a program that its key, or the secret it holds of one, is about to end: the header Craft-Key-Ends."""

import inspect
import threading
from collections.abc import Callable
from datetime import datetime

import httpx

from craft_sdk._parse import moment
from craft_sdk.errors import ConfigurationError

OnKeyEnds = Callable[[datetime], object]


class KeyEnds:
    """What to call back, once for each moment that answers name.

    It holds no credential: a log record with its traceback may show what this knows.
    """

    def __init__(self, on_key_ends: OnKeyEnds | None, *, may_wait: bool) -> None:
        """`may_wait`: whether it may be a coroutine function. Raises ConfigurationError."""
        if on_key_ends is not None and not callable(on_key_ends):
            raise ConfigurationError("on_key_ends must be a function that takes a datetime.")
        if not may_wait and inspect.iscoroutinefunction(on_key_ends):
            raise ConfigurationError(
                "on_key_ends must not be a coroutine function: CraftClient waits for none."
            )
        self.call = on_key_ends or (lambda ends_at: None)
        self._told: set[datetime] = set()
        self._lock = threading.Lock()  # a client is shared by threads

    def news(self, headers: httpx.Headers) -> datetime | None:
        """The moment in an answer's headers, if it is one and was not told yet."""
        try:
            ends_at = moment(headers.get("Craft-Key-Ends", ""))
        except ValueError:
            return None
        with self._lock:
            if ends_at in self._told:
                return None
            self._told.add(ends_at)
        return ends_at
