"""Tells a program that its key, or the secret it holds of one, is about to end: the header Craft-Key-Ends."""

import inspect
import logging
import threading
from collections.abc import Callable
from datetime import datetime

import httpx

from craft_sdk._parse import moment
from craft_sdk.errors import ConfigurationError

OnKeyEnds = Callable[[datetime], object]
log = logging.getLogger("craft_sdk")


class KeyEnds:
    """Calls back once for each moment that answers name. What the callback raises is logged, and no more.

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
        self._on_key_ends = on_key_ends
        self._told: set[datetime] = set()
        self._lock = threading.Lock()  # a client is shared by threads

    def tell(self, headers: httpx.Headers) -> None:
        """Call back if an answer's headers have news."""
        ends_at = self._news(headers)
        if self._on_key_ends is None or ends_at is None:
            return
        try:
            self._on_key_ends(ends_at)
        except Exception:
            log.exception("on_key_ends failed")

    async def atell(self, headers: httpx.Headers) -> None:
        """The same for asyncio; waits for a callback that is a coroutine function."""
        ends_at = self._news(headers)
        if self._on_key_ends is None or ends_at is None:
            return
        try:
            result = self._on_key_ends(ends_at)
            if inspect.isawaitable(result):
                await result
        except Exception:
            log.exception("on_key_ends failed")

    def _news(self, headers: httpx.Headers) -> datetime | None:
        """The moment in the headers, if it was not told yet and is one."""
        text = headers.get("Craft-Key-Ends")
        if self._on_key_ends is None or text is None:
            return None
        try:
            ends_at = moment(text)
        except ValueError:
            return None
        with self._lock:
            if ends_at in self._told:
                return None
            self._told.add(ends_at)
        return ends_at
