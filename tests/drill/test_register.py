"""The model by which drills judge answers: it excuses what overlaps, and nothing else."""

import time

from tests.drill.load.register import Register, Together


def test_before_a_change_ends_both_values_are_possible_and_after_it_the_new_one_alone() -> None:
    fact = Register(True)
    before = time.monotonic()
    assert fact.possible(before, before) == {True}
    change = fact.begin(False)
    assert fact.now() == {True, False}
    change.done()
    assert fact.now() == {False}
    assert fact.possible(before, time.monotonic()) == {True, False}  # began before the change did


def test_a_refused_change_never_was_and_one_without_an_answer_stays_possible() -> None:
    fact = Register("a")
    fact.begin("b").refused()
    assert fact.now() == {"a"}
    fact.begin("c")
    fact.begin("d").done()
    assert fact.now() == {"c", "d"}


def test_of_two_changes_at_once_either_may_be_the_last() -> None:
    fact = Register(0)
    one, two = fact.begin(1), fact.begin(2)
    one.done()
    two.done()
    assert fact.now() == {1, 2}
    fact.begin(3).done()
    assert fact.now() == {3}


def test_what_is_being_made_while_all_is_ended_ends_too_or_may_have_been_made_after_it() -> None:
    for ends_what_is_made, expected in ((True, {False}), (False, {True, False})):
        family = Together(ends_what_is_made=ends_what_is_made)
        old = family.add(Register(True))
        family.made(old)
        young = family.add(Register(True))
        changes = family.begin()
        new = family.add(Register(True))
        family.end(changes, is_done=True)
        later = family.add(Register(True))
        assert (old.now(), young.now(), new.now(), later.now()) == ({False}, expected, expected, {True})
