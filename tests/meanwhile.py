"""Something done in another thread while this one holds a lock: does it wait, and what comes of it?

Deterministic, without a sleep: PostgreSQL itself says whether the other connection waits for this one.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

SECONDS = 60  # after which a test that hangs fails; nothing is measured


class Meanwhile:
    """A job that has been started in a thread with a database connection of its own."""

    def __init__(self, job: Callable[[], Any]) -> None:
        self._job = job
        self._result: Any = None
        self._error: Exception | None = None
        self._pid = 0
        self._connected, self._done = threading.Event(), threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        assert self._connected.wait(SECONDS)

    def waits(self) -> bool:
        """Look until the job waits for a lock of another transaction (True) or is through (False)."""
        for _ in range(SECONDS * 100):
            if self._done.wait(0.01):
                return False
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self._pid])
                if cursor.fetchone()[0]:
                    return True
        raise AssertionError("the job neither waits nor ends")

    def result(self) -> Any:
        """What the job returned, or the exception that it raised."""
        assert self._done.wait(SECONDS), "the job hangs"
        return self._error if self._error is not None else self._result

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._pid = cursor.fetchone()[0]
            self._connected.set()
            self._result = self._job()
        except Exception as error:  # noqa: BLE001  the test looks at whatever it was
            self._error = error
        finally:
            connections.close_all()
            self._done.set()
