"""`rotate_api_key`, `disable_api_key` and `enable_api_key`."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import TimeMachineFixture

from accounts.models import Activity
from apikeys import tokens
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey, APIKeySecret, DisabledBy
from apikeys.rotation import rotation_at
from apikeys.services import StateForbids, delete_key, disable_key, enable_key
from tests.apikeys.uses import call
from tests.cases import cases
from tests.commands import refusal, run

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Key = tuple[APIKey, str]


def works(raw: str) -> bool:
    try:
        authenticate_key(tokens.parse(raw), call())
    except KeyRefused:
        return False
    return True


@cases(
    ("options", "grace"),
    [([], 86_400), (["--grace", "0"], 0), (["--grace", "3600"], 3600), (["--grace", "604800"], 604_800)],
)
def test_rotating_prints_the_new_key_and_the_old_one_works_beside_it(
    read_only: Key, options: list[str], grace: int
) -> None:
    key, old = read_only
    new = run("rotate_api_key", key.shown_id, *options).removesuffix("\n")
    assert new != old
    rotation = rotation_at(key, datetime.now(UTC))
    assert rotation is not None
    assert rotation.grace == timedelta(seconds=grace)
    assert works(old)
    assert works(new)
    assert works(old) is (grace > 0)


def test_a_second_rotation_is_refused_with_one_line(read_only: Key) -> None:
    key, _ = read_only
    run("rotate_api_key", key.uid)
    assert refusal("rotate_api_key", key.uid) == (
        "This key is rotating already. Finish or cancel that first."
    )
    assert APIKeySecret.objects.count() == 2


@cases("grace", ["", "1", "-1", "86401", "1.5", "٣", "9" * 400, "0x0", " 0"])
def test_a_grace_that_is_not_in_the_list_is_refused(read_only: Key, grace: str) -> None:
    message = refusal("rotate_api_key", read_only[0].uid, f"--grace={grace}")
    assert message == "--grace must be one of 0, 3600, 86400, 604800."
    assert APIKeySecret.objects.count() == 1


def test_what_the_operator_disables_only_the_operator_enables(read_only: Key) -> None:
    key, raw = read_only
    assert run("disable_api_key", key.public_id) == f"{key.uid}\n"
    assert not works(raw)
    key.refresh_from_db()
    assert (key.disabled_for, key.disabled_reason) == (
        DisabledBy.STAFF,
        "Disabled by the operator of this Craft.",
    )
    with pytest.raises(StateForbids):
        enable_key(key)
    assert run("enable_api_key", key.public_id) == f"{key.uid}\n"
    assert works(raw)
    lines = Activity.objects.filter(event__in=("key_disabled", "key_enabled")).order_by("pk")
    assert [(line.event, line.credential, line.details["by"]) for line in lines] == [
        ("key_disabled", key.uid, "staff"),
        ("key_enabled", key.uid, "staff"),
    ]


def test_the_operator_disables_for_a_time(read_only: Key, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    key, raw = read_only
    run("disable_api_key", key.uid, "--for", "600")
    time_machine.move_to(NOON + timedelta(seconds=599), tick=False)
    assert not works(raw)
    time_machine.move_to(NOON + timedelta(seconds=600), tick=False)
    assert works(raw)


def test_a_time_for_a_key_that_is_disabled_already_is_refused(read_only: Key) -> None:
    key, _ = read_only
    disable_key(key)
    assert refusal("disable_api_key", key.uid, "--for", "600") == (
        "This key is disabled already. A time would only shorten that."
    )


@cases("seconds", ["0", "-1", "2592001", "1.5", "", "٣", "9" * 400])
def test_a_time_out_of_bounds_is_refused(read_only: Key, seconds: str) -> None:
    message = refusal("disable_api_key", read_only[0].uid, f"--for={seconds}")
    assert message == "--for must be a whole number from 1 to 2592000."
    assert APIKey.objects.get().disabled_at is None


@cases("command", ["rotate_api_key", "disable_api_key", "enable_api_key"])
@cases("identifier", ["", "key_nothing", "Reports bot", "a\x00b", "a\udcffb", "%"])
def test_an_id_that_names_no_key_is_refused(read_only: Key, command: str, identifier: str) -> None:
    assert refusal(command, identifier) == "There is no key with this id."


@pytest.mark.parametrize("command", ["rotate_api_key", "disable_api_key", "enable_api_key"])
def test_an_ended_key_is_refused(read_only: Key, command: str) -> None:
    delete_key(read_only[0])
    assert refusal(command, read_only[0].uid) == "This key is deleted already."
