"""Uses that could not be written wait for the next time, together with those that came meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError
from time_machine import TimeMachineFixture

from accounts.web.client import Client
from apikeys.usage_buffer import Buffer, Use

LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
SERVER = Client(ip="2001:db8::7", agent="python-requests/2.32")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Database:
    """Fails as often as it is told, and lets a key be used while it does."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.written: list[dict[int, Use]] = []
        self.buffer = Buffer(self.write)

    def write(self, uses: dict[int, Use]) -> None:
        if self.errors:
            self.used_meanwhile()
            raise self.errors.pop(0)
        self.written.append(uses)

    def used_meanwhile(self) -> None:
        """Nothing, by default."""


def test_uses_of_one_key_before_and_during_a_failed_write_add_up(
    time_machine: TimeMachineFixture, caplog: pytest.LogCaptureFixture
) -> None:
    class Busy(Database):
        def used_meanwhile(self) -> None:
            time_machine.move_to(NOON + HOUR, tick=False)
            self.buffer.record(1, SERVER)

    database = Busy(OperationalError("away"))
    for moment in (NOON, NOON, NOON + HOUR):
        time_machine.move_to(moment, tick=False)
        database.buffer.record(1, LAPTOP)
    database.buffer.record(2, LAPTOP)
    database.buffer.flush()
    assert "2 last uses could not be written; trying again later" in caplog.text
    assert database.written == []
    time_machine.move_to(NOON + 2 * HOUR, tick=False)
    database.buffer.record(1, SERVER)
    database.buffer.flush()
    (written,) = database.written
    assert written == {
        1: Use(NOON + 2 * HOUR, SERVER, {NOON: 2, NOON + HOUR: 2, NOON + 2 * HOUR: 1}),
        2: Use(NOON + HOUR, LAPTOP, {NOON + HOUR: 1}),
    }
    database.buffer.flush()
    assert len(database.written) == 1


def test_a_database_that_stays_away_loses_and_doubles_nothing(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    database = Database(*(OperationalError("away") for _ in range(3)))
    for _ in range(4):
        database.buffer.record(1, LAPTOP)
        database.buffer.flush()
    assert database.written == [{1: Use(NOON, LAPTOP, {NOON: 4})}]


def test_a_row_that_went_meanwhile_is_tried_once_more_at_once(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    database = Database(IntegrityError("gone"))
    database.buffer.record(1, LAPTOP)
    database.buffer.flush()
    assert database.written == [{1: Use(NOON, LAPTOP, {NOON: 1})}]


def test_what_is_discarded_is_not_written() -> None:
    database = Database()
    database.buffer.record(1, LAPTOP)
    database.buffer.discard()
    database.buffer.flush()
    assert database.written == []
