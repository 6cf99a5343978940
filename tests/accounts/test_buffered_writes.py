"""What could not be written waits for the next time, together with what came meanwhile."""

from collections import Counter
from typing import Self

import pytest
from django.db import IntegrityError, OperationalError, connection
from pytest_django import Settings

from accounts.utils.buffered_writes import AT_ONCE, Buffer
from tests.e2e.server import on_postgresql
from tests.waiting import wait_until


class Counts(Counter[str]):
    """The smallest batch: it counts words."""

    def __bool__(self) -> bool:
        return len(self) > 0

    def merge(self, later: Self) -> None:
        self.update(later)


class Database:
    """Fails as often as it is told, and lets more come while it does."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.written: list[Counts] = []
        self.buffer = Buffer(Counts, self.write)

    def note(self, word: str) -> None:
        self.buffer.add(Counts.update, [word])

    def write(self, batch: Counts) -> None:
        if self.errors:
            self.noted_meanwhile()
            raise self.errors.pop(0)
        self.written.append(batch)

    def noted_meanwhile(self) -> None:
        """Nothing, by default."""


def test_what_came_before_and_during_a_failed_write_adds_up(caplog: pytest.LogCaptureFixture) -> None:
    class Busy(Database):
        def noted_meanwhile(self) -> None:
            self.note("one")
            assert self.buffer.size() == 1  # in the next batch by now

    database = Busy(OperationalError("away"))
    for word in ("one", "one", "two"):
        database.note(word)
    database.buffer.flush()
    assert "pending uses could not be written; trying again later" in caplog.text
    assert database.written == []
    database.note("one")
    database.buffer.flush()
    assert database.written == [{"one": 4, "two": 1}]
    database.buffer.flush()
    assert len(database.written) == 1


def test_a_database_that_stays_away_loses_and_doubles_nothing() -> None:
    database = Database(*(OperationalError("away") for _ in range(3)))
    for _ in range(4):
        database.note("one")
        database.buffer.flush()
    assert database.written == [{"one": 4}]


def test_a_row_that_went_meanwhile_is_tried_once_more_at_once() -> None:
    database = Database(IntegrityError("gone"))
    database.note("one")
    database.buffer.flush()
    assert database.written == [{"one": 1}]


def test_what_is_discarded_is_not_written() -> None:
    database = Database()
    database.note("one")
    database.buffer.discard()
    database.buffer.flush()
    assert database.written == []


def test_what_is_added_is_gathered_before_it_is_much_and_counted_when_asked() -> None:
    database = Database()
    for _ in range(AT_ONCE * 10 + 1):
        database.note("one")
    assert len(database.buffer._added) == 1
    database.note("two")
    assert database.buffer.size() == 2


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_thread_keeps_its_connection_while_there_is_something_to_write(settings: Settings) -> None:
    settings.USAGE_FLUSH_SECONDS = 0.05
    server_processes: list[int] = []

    def write(_: Counts) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            server_processes.append(cursor.fetchone()[0])
        if len(server_processes) < 3:
            buffer.add(Counts.update, ["one"])

    def is_connected() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", server_processes[-1:])
            return bool(cursor.fetchone()[0])

    buffer = Buffer(Counts, write)
    buffer.add(Counts.update, ["one"])
    wait_until(lambda: len(server_processes) == 3)
    assert len(set(server_processes)) == 1
    wait_until(lambda: not is_connected())
