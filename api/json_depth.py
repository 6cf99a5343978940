"""How deep a JSON value goes."""

from collections.abc import Iterator
from typing import Any


def levels(value: Any) -> Iterator[list[Any]]:
    """A JSON value level by level: itself, what it holds, what that holds … Names count with their values."""
    level = [value]
    while level:
        yield level
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in ([*holder, *holder.values()] if isinstance(holder, dict) else holder)
        ]
