"""What happened, for who watches this installation. Nothing is kept; without METRICS_PORT nobody listens."""

from collections.abc import Callable

Listener = Callable[[str, str], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener(kind, outcome)` called at each from now on; it must be quick, and not fail."""
    _listeners.append(listener)


def ignore(listener: Listener) -> None:
    """Undo `listen`."""
    _listeners.remove(listener)


def note(kind: str, outcome: str) -> None:
    """Say that it happened: both are of few words, and none is about a person."""
    for listener in _listeners:
        listener(kind, outcome)
