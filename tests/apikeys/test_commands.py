"""`create_api_key` and `revoke_api_key`."""

from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture

from accounts.models import Activity, User
from apikeys import tokens
from apikeys.models import APIKey, KeyState
from apikeys.services import create_key, delete_key
from tests.cases import cases
from tests.commands import refusal, run

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Key = tuple[APIKey, str]


def test_it_prints_a_key_that_works_and_nothing_else(alice: User) -> None:
    raw = run(
        "create_api_key", "Alice@Example.com", "--name", "CI", "--permission", "read-write"
    ).removesuffix("\n")
    key = APIKey.objects.with_public_id().get()
    assert tokens.parse(raw).public_id == key.public_id
    assert (key.user, key.name, key.permission, key.expires_at) == (alice, "CI", "read-write", None)
    line = Activity.objects.get(event="key_created")
    assert (line.credential, line.ip, line.user_agent) == (key.uid, None, "")


@pytest.mark.parametrize("days", ["1", "90", "36500"])
def test_a_key_expires_after_the_days_given(alice: User, days: str, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    run("create_api_key", alice.email, "--name", "CI", "--permission", "read-only", "--expires-in", days)
    expires_at = APIKey.objects.get().expires_at
    assert expires_at is not None
    assert (expires_at - NOON).total_seconds() == int(days) * 86400


@cases("days", ["0", "-1", "36501", "9" * 400, "1.5", "ten", "", "٣", "1e3", "1\x00"])
def test_days_that_are_no_number_or_out_of_bounds_are_refused(alice: User, days: str) -> None:
    message = refusal(
        "create_api_key", alice.email, "--name", "CI", "--permission", "read-only", f"--expires-in={days}"
    )
    assert message == "--expires-in must be a whole number from 1 to 36500."
    assert not APIKey.objects.exists()


@cases(
    ("email", "name", "permission", "message"),
    [
        ("zoe@example.com", "CI", "read-only", "There is no account with the address 'zoe@example.com'."),
        ("a\x00b", "CI", "read-only", "There is no account with the address 'a\\x00b'."),
        ("a\udcffb", "CI", "read-only", "There is no account with the address 'a\\udcffb'."),
        ("alice@example.com", "", "read-only", "Name is empty. Enter at least one character."),
        (
            "alice@example.com",
            "a\udcffb",
            "read-only",
            "Name holds a control or invisible character. Type it again without.",
        ),
        (
            "alice@example.com",
            "REPORTS BOT",
            "read-only",
            "Name is already used by another live key. Choose a different one.",
        ),
        ("alice@example.com", "CI", "admin", "Permission must be read-only or read-write."),
    ],
)
def test_bad_input_is_refused_with_one_line(
    read_only: Key, email: str, name: str, permission: str, message: str
) -> None:
    assert refusal("create_api_key", email, "--name", name, "--permission", permission) == message
    assert APIKey.objects.count() == 1


@pytest.mark.matrix  # as many keys as there may be
def test_the_51st_key_is_refused(alice: User) -> None:
    for number in range(50):
        create_key(alice, name=f"key {number}", permission="read-only")
    assert refusal("create_api_key", alice.email, "--name", "CI", "--permission", "read-only") == (
        "You have 50 live keys, which is the most. Delete one that is not used any more."
    )


@cases("form", ["uid", "public_id", "shown_id", "raw"])
def test_a_key_is_revoked_by_every_way_to_name_it_and_its_id_is_printed(read_only: Key, form: str) -> None:
    key, raw = read_only
    identifier = raw if form == "raw" else getattr(key, form)
    assert run("revoke_api_key", identifier) == f"{key.uid}\n"
    key.refresh_from_db()
    assert key.state == KeyState.REVOKED
    line = Activity.objects.get(event="key_revoked")
    assert line.details == {
        "name": "Reports bot",
        "reason": "Revoked by the operator of this Craft.",
        "by": "command line",
    }


def test_a_second_revocation_is_refused_and_a_deleted_key_can_be_revoked(read_only: Key) -> None:
    key, _ = read_only
    delete_key(key)
    run("revoke_api_key", key.uid)
    assert refusal("revoke_api_key", key.uid) == "This key was revoked already."


@cases("identifier", ["", "key_nothing", "Reports bot", "a\x00b", "a\udcffb", "%"])
def test_an_id_that_names_no_key_is_refused(read_only: Key, identifier: str) -> None:
    assert refusal("revoke_api_key", identifier) == "There is no key with this id."
    assert APIKey.objects.get().state == KeyState.ACTIVE


@pytest.mark.django_db
def test_a_refusal_does_not_repeat_a_key_that_was_given() -> None:
    assert (
        refusal("revoke_api_key", tokens.generate(tokens.Kind.API_KEY).raw) == "There is no key with this id."
    )
