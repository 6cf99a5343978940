"""Letting a key rest: for a time or until it is enabled; it never shortens, and staff's is staff's."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import Activity, User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import switch_account
from apikeys import tokens
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey, DisabledBy, KeyState
from apikeys.services import (
    KeyEnded,
    StateForbids,
    create_key,
    delete_key,
    disable_key,
    enable_key,
    is_disabled_for_good,
    restore_key,
    revoke_key,
)
from tests.apikeys.uses import LAPTOP, call
from tests.cases import cases

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
STAFF, OWNER = DisabledBy.STAFF, DisabledBy.OWNER
Key = tuple[APIKey, str]


@pytest.fixture
def key(time_machine: TimeMachineFixture, alice: User) -> Key:
    time_machine.move_to(NOON, tick=False)
    return create_key(alice, name="Reports bot", permission="read-only")


def answer(raw: str) -> str:
    """Why the key is refused; "" when it is not."""
    try:
        authenticate_key(tokens.parse(raw), call())
    except KeyRefused as refused:
        return str(refused)
    return ""


def fresh(key: APIKey) -> APIKey:
    return APIKey.objects.with_public_id().select_related("user").get(pk=key.pk)


def test_a_disabled_key_is_refused_until_it_is_enabled(key: Key, time_machine: TimeMachineFixture) -> None:
    row, raw = key
    disabled = disable_key(row, client=LAPTOP)
    assert (disabled.state, disabled.disabled_since, disabled.comes_back_at) == (
        KeyState.DISABLED,
        NOON,
        None,
    )
    assert answer(raw) == "The API key is disabled."
    time_machine.move_to(NOON + timedelta(days=400), tick=False)
    assert answer(raw) == "The API key is disabled."
    assert enable_key(row, client=LAPTOP).state == KeyState.ACTIVE
    assert answer(raw) == ""
    lines = Activity.objects.filter(event__in=("key_disabled", "key_enabled")).order_by("pk")
    assert [(line.event, line.credential, line.ip, line.details) for line in lines] == [
        ("key_disabled", row.uid, "203.0.113.7", {"name": "Reports bot", "by": "owner"}),
        ("key_enabled", row.uid, "203.0.113.7", {"name": "Reports bot", "by": "owner"}),
    ]


def test_a_key_that_is_disabled_for_a_time_comes_back_at_that_very_moment(
    key: Key, time_machine: TimeMachineFixture
) -> None:
    row, raw = key
    end = NOON + timedelta(minutes=10)
    assert disable_key(row, seconds=600).comes_back_at == end
    time_machine.move_to(end - SECOND, tick=False)
    assert answer(raw) == "The API key is disabled."
    time_machine.move_to(end, tick=False)
    assert answer(raw) == ""
    row = fresh(row)
    assert (row.state, row.disabled_since, row.comes_back_at) == (KeyState.ACTIVE, None, None)
    assert Activity.objects.get(event="key_disabled").details["seconds"] == 600
    disable_key(row, seconds=60)  # it is not disabled any more
    assert answer(raw) == "The API key is disabled."


@cases("seconds", [0, -1, 30 * 86_400 + 1, 10**30])
def test_a_time_out_of_bounds_is_refused(key: Key, seconds: int) -> None:
    with pytest.raises(ValidationError) as refused:
        disable_key(key[0], seconds=seconds)
    assert list(refused.value.message_dict) == ["for"]
    assert fresh(key[0]).state == KeyState.ACTIVE


@cases("before", ["owner", "owner, for a time", "staff", "reactivation"])
def test_a_time_for_a_key_that_is_disabled_already_is_refused(
    key: Key, before: str, alice: User, time_machine: TimeMachineFixture
) -> None:
    row, raw = key
    time_machine.shift(1)
    if before == "reactivation":
        switch_account(alice, active=False)
        switch_account(alice, active=True)
    else:
        by = STAFF if before == "staff" else OWNER
        disable_key(row, seconds=HOUR.seconds if before == "owner, for a time" else None, by=by)
    as_it_was = APIKey.objects.values().get()
    for seconds in (1, 86_400):
        with pytest.raises(StateForbids, match="disabled already"):
            disable_key(fresh(row), seconds=seconds)
    assert APIKey.objects.values().get() == as_it_was
    assert answer(raw) == "The API key is disabled."


def test_disabled_until_it_is_enabled_takes_the_place_of_a_time(
    key: Key, time_machine: TimeMachineFixture
) -> None:
    row, raw = key
    disable_key(row, seconds=600)
    time_machine.move_to(NOON + timedelta(minutes=5), tick=False)
    again = disable_key(row)
    assert (again.disabled_since, again.comes_back_at) == (NOON, None)
    time_machine.move_to(NOON + HOUR, tick=False)
    assert answer(raw) == "The API key is disabled."


def test_only_what_does_not_come_back_by_itself_is_disabled_for_good(key: Key) -> None:
    row, _ = key
    assert not is_disabled_for_good(row, NOON)
    for_a_time = disable_key(row, seconds=600)
    assert not is_disabled_for_good(for_a_time, NOON)
    assert not is_disabled_for_good(for_a_time, NOON + HOUR)
    assert is_disabled_for_good(disable_key(row), NOON)


def test_what_staff_disabled_only_staff_enable_and_the_owner_reads_why(key: Key) -> None:
    row, raw = key
    disable_key(row, seconds=600)
    disabled = disable_key(row, by=STAFF, reason="Found in a public log")
    assert (disabled.disabled_for, disabled.disabled_reason) == (STAFF, "Found in a public log")
    assert disabled.comes_back_at is None
    assert Activity.objects.filter(event="key_disabled").latest("pk").details == {
        "name": "Reports bot",
        "by": "staff",
        "reason": "Found in a public log",
    }
    # That the owner disables it too takes nothing from that.
    assert disable_key(row).disabled_for == STAFF
    with pytest.raises(StateForbids, match="they alone can enable it"):
        enable_key(row)
    assert answer(raw) == "The API key is disabled."
    enabled = enable_key(row, by=STAFF)
    assert (enabled.state, enabled.disabled_reason) == (KeyState.ACTIVE, "")
    assert answer(raw) == ""


def test_a_time_does_not_bring_back_what_a_reactivation_disabled(
    key: Key, alice: User, time_machine: TimeMachineFixture
) -> None:
    row, raw = key
    disable_key(row, seconds=600)
    time_machine.move_to(NOON + timedelta(minutes=5), tick=False)
    switch_account(alice, active=False)
    switch_account(alice, active=True)
    assert fresh(row).comes_back_at is None
    time_machine.move_to(NOON + HOUR, tick=False)
    assert answer(raw) == "The API key is disabled."
    row = fresh(row)
    assert (row.disabled_for, row.comes_back_at) == (DisabledBy.REACTIVATION, None)
    enable_key(row)
    assert answer(raw) == ""


def test_enabling_takes_a_recent_sign_in_and_only_where_there_is_something_to_enable(key: Key) -> None:
    row, raw = key
    assert enable_key(row, may_enable=False).state == KeyState.ACTIVE
    disable_key(row)
    with pytest.raises(NeedsRecentSignIn):
        enable_key(row, may_enable=False)
    assert answer(raw) == "The API key is disabled."


def test_enabling_a_key_twice_is_noted_once(key: Key) -> None:
    disable_key(key[0])
    for _ in range(2):
        enable_key(key[0])
    assert Activity.objects.filter(event="key_enabled").count() == 1


@pytest.mark.parametrize("end", [delete_key, lambda key: revoke_key(key, reason="leaked", by="staff")])
def test_an_ended_key_is_neither_disabled_nor_enabled(key: Key, end: Any) -> None:
    end(key[0])
    for rule in (disable_key, enable_key):
        with pytest.raises(KeyEnded):
            rule(key[0])


def test_a_key_that_is_deleted_while_it_is_disabled_comes_back_disabled(key: Key) -> None:
    row, raw = key
    disable_key(row)
    delete_key(row)
    assert answer(raw) == "The API key has been deleted."
    assert restore_key(row).state == KeyState.DISABLED


@pytest.mark.matrix  # each state
def test_the_state_of_a_row_and_of_a_query_are_judged_alike(
    alice: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    moments = (None, NOON - HOUR, NOON, NOON + HOUR)
    for number, (disabled_at, until, expires_at, enabled_at, deleted_at) in enumerate(
        itertools.product((None, NOON - HOUR), moments, moments, (None, NOON + HOUR), (None, NOON))
    ):
        APIKey.objects.create(
            user=alice,
            name=str(number),
            name_key=str(number),
            permission="read-only",
            created_at=NOON - 2 * HOUR,
            disabled_at=disabled_at,
            disabled_until=until,
            expires_at=expires_at,
            enabled_at=enabled_at,
            deleted_at=deleted_at,
        )
    for valid_after in (None, NOON):
        User.objects.filter(pk=alice.pk).update(credentials_valid_after=valid_after)
        found = {
            key.pk: state for state in KeyState for key in APIKey.objects.in_state(state, timezone.now())
        }
        assert found == {key.pk: key.state for key in APIKey.objects.select_related("user")}
