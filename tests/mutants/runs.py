"""A pytest plugin for mutmut, which runs the tests in one process and forks that for each mutant.

The database is made once, and each run has a copy: to make the tables is half of what a mutant takes. What
the code makes once in a process is made anew for each test: mutmut runs the tests that called a function, and
else only the first would have.
"""

import gc
import sqlite3
from collections.abc import Callable
from functools import _lru_cache_wrapper, partial
from typing import Any

from django.core.management.commands.migrate import Command
from django.db import connections
from django.urls import get_resolver

OURS = ("accounts.", "api.", "apikeys.")
_made: list[sqlite3.Connection] = []
_forget: list[Callable[[], object]] = []  # drops something that was made once
_make = Command.handle


def _copy(self: Command, *args: Any, **options: Any) -> None:
    with connections[options["database"]].cursor() as cursor:
        database: sqlite3.Connection = cursor.connection
    if _made:
        _made[0].backup(database)
        return
    _make(self, *args, **options)
    kept = sqlite3.connect(":memory:")
    database.backup(kept)
    _made.append(kept)


def pytest_configure() -> None:
    """Before each run, when Django has been set up."""
    # No setting has Django copy a database of SQLite in memory.
    Command.handle = _copy  # type: ignore[assignment, method-assign]  # a function, which becomes its method


def pytest_collection_finish() -> None:
    """Find what is made once; every view is imported for that."""
    from accounts.utils.compiled_query import CompiledQuery

    _ = get_resolver().url_patterns
    for each in gc.get_objects():
        kind = type(each)  # isinstance would wake up lazy objects
        if issubclass(kind, CompiledQuery):
            _forget.append(partial(vars(each).pop, "_compiled", None))
        elif kind is _lru_cache_wrapper and each.__module__.startswith(OURS):
            _forget.append(each.cache_clear)


def pytest_runtest_setup() -> None:
    """Before each test."""
    for forget in _forget:
        forget()
