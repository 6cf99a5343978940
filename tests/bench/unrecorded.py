"""Craft without the recording of what keys are used for, to tell the price of that. For the bench alone."""

from importlib import import_module

from craft.wsgi import application

__all__ = ["application"]


def _record_nothing(*_: object, **__: object) -> None:
    """Takes the place of apikeys.usage.record_use."""


usage = import_module("apikeys.usage")  # whose models load only now
usage.record_use = _record_nothing  # type: ignore[attr-defined]  # a module has what is set
