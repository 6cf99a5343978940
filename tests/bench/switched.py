"""Craft whose recording of what keys are used for is switched off and on, to tell its price.

By signals, in the same processes: two servers of the same code differ by more than what is to be told, for
each has its memory laid out by chance. For the bench alone.
"""

import signal
from importlib import import_module

from craft.wsgi import application

__all__ = ["application"]


def _record_nothing(*_: object, **__: object) -> None:
    """Takes the place of apikeys.usage.record_use."""


usage = import_module("apikeys.usage")  # whose models load only now
BY_SIGNAL = {signal.SIGUSR1: _record_nothing, signal.SIGUSR2: usage.record_use}


def _switch(number: int, _: object) -> None:
    usage.record_use = BY_SIGNAL[signal.Signals(number)]  # type: ignore[attr-defined]  # a module has what is set


for _number in BY_SIGNAL:
    signal.signal(_number, _switch)
