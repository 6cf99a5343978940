"""Who may wait for a database that answers nobody: the bookkeeping, without a database."""

from collections.abc import Iterator
from time import monotonic

import pytest

from accounts.utils import patience


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "_database", patience._Database())
    patience.begin()
    yield
    patience.stop_counting()


def test_after_a_silence_one_asks_for_all_until_it_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.0)
    patience.note_silence(monotonic())
    assert patience.seconds_left()
    with pytest.raises(patience.ImpatientError, match="answered nobody a moment ago"):
        patience.seconds_left()
    patience.note_answer(monotonic())
    assert patience.seconds_left()
    assert patience.seconds_left()


def test_an_answer_that_was_on_its_way_when_the_silence_began_does_not_hide_it() -> None:
    now = monotonic()
    patience._database.answered_at = now - 0.1
    patience.note_silence(now - 3)
    patience.begin()
    assert patience.seconds_left()  # others are answered
    patience._database.answered_at = now - 2.9
    patience.note_silence(now - 3)
    patience.begin()
    with pytest.raises(patience.ImpatientError, match="answered nobody a moment ago"):
        patience.seconds_left()


def test_one_thread_waits_on_for_a_database_that_answers_nobody_and_the_others_do_not() -> None:
    long_ago = monotonic() - patience.DOUBT_SECONDS - 0.1
    just_now, other = monotonic(), long_ago + 0.01
    assert not patience.is_over(just_now, 4.0)
    assert not patience.is_over(long_ago, 4.0)
    assert patience.is_over(other, 4.0)
    assert not patience.is_over(long_ago, 4.0)
    assert patience.is_over(long_ago, 1.0)
    patience.note_answer(monotonic())
    assert not patience.is_over(other, 4.0)
