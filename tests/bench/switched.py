"""Craft whose recording of what keys are used for, and whose metrics, signals switch off and on, and write.

For the bench alone (prices.py).
"""

import signal
from importlib import import_module
from typing import Any

from django.conf import settings

from craft.wsgi import application
from tests.bench.prices import METERED, NEITHER, STATES, WRITE

__all__ = ["application"]

usage: Any = import_module("apikeys.usage")  # whose models load only now
middleware: Any = import_module("craft.metrics.middleware").MetricsMiddleware
counted: Any = import_module("craft.metrics.batch").BUFFER
settings.USAGE_FLUSH_SECONDS = None  # what waits is written when it is told to
record, meter = usage.record_use, middleware.__call__


def _record_nothing(*_: object, **__: object) -> None:
    """Takes the place of apikeys.usage.record_use."""


def _pass(self: Any, request: Any) -> Any:
    """Takes the place of what the middleware of metrics does."""
    return self.get_response(request)


def _switch(state: int, _: object) -> None:
    usage.record_use = _record_nothing if state == NEITHER else record
    middleware.__call__ = meter if state == METERED else _pass


def _write(*_: object) -> None:
    usage.flush()
    counted.flush()


for _state in STATES:
    signal.signal(_state, _switch)
signal.signal(WRITE, _write)
