"""Leaves a service alone for a moment after it did not answer, so that nobody waits for it in vain."""

import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

log = logging.getLogger(__name__)
OPEN_SECONDS = 2.0  # in which a service that did not answer is not asked again

P = ParamSpec("P")
T = TypeVar("T")


class ServiceAway(Exception):
    """The service did not answer, or did not a moment ago and was not asked."""


class CircuitBreaker:
    """Open while a service is taken to be away.

    `consequence` is what the log then says, `failure` what a call raises that gets no answer.
    """

    def __init__(self, consequence: str, failure: type[Exception]) -> None:
        self._consequence = consequence
        self._failure = failure
        self._closes_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last call failed a moment ago."""
        return time.monotonic() < self._closes_at

    def call(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `ask` returns. Raises ServiceAway."""
        if self.is_open:
            raise ServiceAway
        try:
            return ask(*args, **kwargs)
        except self._failure as error:
            self._closes_at = time.monotonic() + OPEN_SECONDS
            log.warning("%s (%s)", self._consequence, error)
            raise ServiceAway from error
