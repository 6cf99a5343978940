"""Counters of tries: exact, and readable by nobody."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts import tries
from accounts.models import TryCount
from accounts.tries import Limit
from tests.apikeys.test_races import at_once

THREE = Limit("test", most=3, seconds=60)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_as_many_tries_as_the_limit_says_are_let_through() -> None:
    assert [THREE.of("alice").take() for _ in range(5)] == [True] * 3 + [False] * 2
    assert THREE.of("bob").take()


def test_a_window_begins_with_its_first_try_and_no_refused_one_makes_it_longer() -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        counter = THREE.of("alice")
        for _ in range(4):
            counter.take()
        clock.shift(59)
        assert not counter.take()
        clock.shift(1)
        assert [counter.count() for _ in range(2)] == [1, 2]
        clock.shift(59)
        assert counter.count() == 3
    row = TryCount.objects.get()
    assert (row.started_at.minute, row.ends_at.minute) == (1, 2)


def test_a_try_given_back_was_none_and_no_window_that_is_over_gets_one() -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        counter = THREE.of("alice")
        counter.count()
        counter.count()
        counter.give_back()
        assert counter.count() == 2
        for _ in range(5):
            counter.give_back()
        assert counter.count() == 1
        clock.shift(60)
        counter.give_back()
        assert TryCount.objects.get().count == 1


def test_a_counter_says_when_it_is_used_up_without_counting() -> None:
    counter = THREE.of("alice")
    assert [counter.is_used_up() or counter.count() for _ in range(4)] == [1, 2, 3, True]


def test_kinds_and_subjects_are_counted_apart_however_they_are_cut() -> None:
    subjects = [THREE.of("a", "bc"), THREE.of("ab", "c"), THREE.of("abc"), THREE.of("a", "b", "c")]
    subjects.append(Limit("other", most=3, seconds=60).of("abc"))
    assert [counter.count() for counter in subjects] == [1] * 5


def test_a_row_does_not_say_whose_it_is() -> None:
    THREE.of("alice@example.com", "203.0.113.7").count()
    row = TryCount.objects.values().get()
    assert (row["kind"], len(bytes(row["digest"]))) == ("test", 32)
    assert not [value for value in row.values() if "alice" in str(value) or "203.0" in str(value)]


def test_what_has_ended_is_deleted_and_nothing_else() -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        THREE.of("alice").count()
        Limit("long", most=3, seconds=3600).of("alice").count()
    now = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
    assert (tries.delete_old(now), tries.delete_old(now)) == (1, 0)
    assert TryCount.objects.get().kind == "long"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_exactly_as_many_as_the_limit_says_pass() -> None:
    for n in range(5):
        outcomes = at_once(*[THREE.of(n).take] * 8)
        assert sorted(map(bool, outcomes)) == [False] * 5 + [True] * 3
