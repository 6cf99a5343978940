"""In which order the tests run, and which of them in one process: both shall be busy to the end.

With `--dist loadgroup` a process takes one group after the other. A module is one, so that its server is
started once. What takes long is one by itself and comes early, and what is over in a moment comes last.
"""

from collections import Counter

import pytest

FIRST, EARLY, LATE = range(3)


def _is_spread(item: pytest.Item) -> bool:
    """Whether it takes seconds by itself, and needs nothing that is made for its module alone."""
    if item.get_closest_marker("long"):
        return True
    return bool(item.get_closest_marker("browser")) and not item.get_closest_marker("server")


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("long"):
        return FIRST
    return EARLY if item.get_closest_marker("server") or item.get_closest_marker("browser") else LATE


def arrange(items: list[pytest.Item]) -> None:
    """Sort the tests, and name the group of each that is not spread."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (_turn(item), -sizes[item.path], item.path))  # a stable sort
    for item in items:
        if not _is_spread(item):
            item.add_marker(pytest.mark.xdist_group(".".join(item.path.parts[-2:])))
