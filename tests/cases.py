"""One test for many rows: `@cases("method, path", [("GET", "/v1/me"), …])`, written as `parametrize` is.

What the fixtures prepare is made once, where `parametrize` makes it for each row: that was a tenth of the
time of all tests. Each row begins with the database as they left it, and an empty cache; what it does to a
browser or to an object in memory, the next one sees. So it is for rows that only look, or are refused.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from api.quota.counter import counter

Test = Callable[..., None]


def cases(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Run the test with each row; every row that fails is reported, by its values."""
    told = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names
    given = [dict(zip(told, row if len(told) > 1 else (row,), strict=True)) for row in rows]

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        wanted = [each for name, each in signature.parameters.items() if name not in told]
        if is_within := "subtests" in signature.parameters:  # of another `cases`
            wanted.remove(signature.parameters["subtests"])

        @functools.wraps(test)
        def run(*args: Any, subtests: Any, **fixtures: Any) -> None:
            if is_within:
                fixtures["subtests"] = subtests
            for values in given:
                with (
                    subtests.test(", ".join(f"{name}={value!r}" for name, value in values.items())),
                    _undone(),
                ):
                    test(*args, **fixtures, **values)

        wanted.append(inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY))
        run.__signature__ = signature.replace(parameters=wanted)  # type: ignore[attr-defined]  # what pytest reads
        return run

    return decorate


@contextmanager
def _undone() -> Iterator[None]:
    """Undo what is written, where the test has a database."""
    if not connection.in_atomic_block:
        yield
        return
    cache.clear()
    counter.cache_clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
