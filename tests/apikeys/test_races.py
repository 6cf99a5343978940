"""Two at once on PostgreSQL: one wins, the other is told, and nothing is lost."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Activity, User
from accounts.web.one_time_forms import FormUsed
from apikeys import usage
from apikeys.models import APIKey, APIKeySecret, APIKeyUsage, Outcome, UsagePeriod
from apikeys.services import KeyEnded, create_key, delete_key, restore_key, revoke_key
from apikeys.usage import reports
from tests.activity_lines import change
from tests.apikeys.uses import use

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TAKEN = "Name is already used by another live key. Choose a different one."
TOO_MANY = "You have 50 live keys, which is the most. Delete one that is not used any more."


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread of its own, all from one moment on; return results or exceptions in order."""
    outcomes: list[object] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            outcomes[number] = calls[number]()
        except Exception as error:  # noqa: BLE001  the test looks at whatever it was
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def refusals(outcomes: Sequence[object], kind: type[Exception]) -> list[str]:
    """What those that lost were told; any other exception is a failure."""
    lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, kind) for error in lost), lost
    return [" ".join(error.messages) if isinstance(error, ValidationError) else str(error) for error in lost]


def create(user: User, name: str, form_id: str | None = None) -> Callable[[], APIKey]:
    return lambda: create_key(user, name=name, permission="read-only", form_id=form_id)[0]


def delete(key: APIKey) -> Callable[[], APIKey]:
    return lambda: delete_key(key)


def restore(key: APIKey) -> Callable[[], APIKey]:
    return lambda: restore_key(key)


def test_of_simultaneous_creations_with_one_name_one_wins_and_the_others_are_told(alice: User) -> None:
    for number in range(5):
        outcomes = at_once(*(create(alice, f"Reports {number}") for _ in range(4)))
        assert refusals(outcomes, ValidationError) == [TAKEN] * 3
    assert (
        APIKey.objects.count()
        == APIKeySecret.objects.count()
        == Activity.objects.exclude(event="signup").count()
        == 5
    )


def test_the_51st_key_twice_at_once_leaves_exactly_fifty(alice: User) -> None:
    for number in range(49):
        create(alice, f"key {number}")()
    outcomes = at_once(*(create(alice, f"last {number}") for number in range(4)))
    assert refusals(outcomes, ValidationError) == [TOO_MANY] * 3
    assert alice.api_keys.live().count() == 50


def test_creating_and_restoring_at_once_leave_at_most_fifty(alice: User) -> None:
    for number in range(49):
        create(alice, f"key {number}")()
    gone = [delete(create(alice, f"gone {number}")())() for number in range(2)]
    outcomes = at_once(create(alice, "new"), *(restore(key) for key in gone))
    assert refusals(outcomes, ValidationError) == [TOO_MANY] * 2
    assert alice.api_keys.live().count() == 50


def test_of_creating_and_restoring_one_name_at_once_one_wins(alice: User) -> None:
    for number in range(5):
        gone = delete(create(alice, f"Reports {number}")())()
        outcomes = at_once(create(alice, f"Reports {number}"), restore(gone))
        [message] = refusals(outcomes, ValidationError)
        assert message in (
            TAKEN,
            "Another live key has this name now. Rename or delete that one, then restore this one.",
        )
    assert alice.api_keys.live().count() == 5


def test_of_simultaneous_deletions_one_wins_and_the_other_is_told(alice: User) -> None:
    key = create(alice, "Reports")()
    outcomes = at_once(*[delete(key)] * 4)
    assert refusals(outcomes, KeyEnded) == ["This key is deleted already."] * 3
    assert Activity.objects.filter(event="key_deleted").count() == 1


def test_a_key_revoked_while_it_is_restored_ends_revoked(alice: User) -> None:
    for number in range(5):
        key = delete(create(alice, f"Reports {number}")())()
        outcomes = at_once(restore(key), lambda key=key: revoke_key(key, reason="leaked", by="staff"))  # type: ignore[misc]
        assert set(refusals(outcomes, KeyEnded)) <= {"This key was revoked. That cannot be undone."}
        assert APIKey.objects.get(pk=key.pk).state == "revoked"


def test_one_form_sent_four_times_at_once_makes_one_key(alice: User) -> None:
    outcomes = at_once(*(create(alice, f"Reports {number}", form_id="form-1") for number in range(4)))
    assert len(refusals(outcomes, FormUsed)) == 3
    assert APIKey.objects.count() == 1


def test_flushes_in_the_middle_of_recording_lose_and_double_no_use(alice: User) -> None:
    key = create(alice, "Reports")()

    def record() -> None:
        for _ in range(300):
            use(key)

    def flush() -> None:
        for _ in range(40):
            usage.flush()

    assert at_once(record, record, record, record, flush, flush) == [None] * 6
    usage.flush()
    assert reports.requests_since(key, timezone.now() - timedelta(hours=1)) == 1200


ANOTHER_PROCESS = """
import sys, django
django.setup()
from apikeys import usage
from apikeys.models import APIKey
from tests.apikeys.uses import use
keys = {key.pk: key for key in APIKey.objects.with_public_id()}
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    for key_id in map(int, sys.argv[1:]):
        use(keys[key_id])
    usage.flush()
"""


def test_several_processes_add_up_and_never_deadlock(alice: User) -> None:
    keys = [create(alice, f"key {number}")() for number in range(3)]
    database = connection.settings_dict
    url = f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}"
    processes = [
        subprocess.Popen(
            # Each names the keys in the other's order reversed.
            [sys.executable, "-c", ANOTHER_PROCESS, *(str(key.pk) for key in order)],
            env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for order in (keys, keys[::-1])
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n")
    assert [process.returncode for process in processes] == [0, 0]
    assert [reports.requests_since(key, timezone.now() - timedelta(hours=1)) for key in keys] == [100] * 3


def test_housekeeping_twice_at_once_deletes_everything_once(alice: User) -> None:
    for number in range(20):
        delete(create(alice, f"key {number}")())()
    live = create(alice, "live")()
    APIKey.objects.exclude(pk=live.pk).update(deleted_at=timezone.now() - timedelta(days=8))
    change(at=timezone.now() - timedelta(days=401))
    for hour in range(1200):
        long_ago = timezone.now() - timedelta(days=401, hours=hour)
        APIKeyUsage.objects.create(
            key=live, period=UsagePeriod.HOUR, at=long_ago, outcome=Outcome.OK, requests=1
        )
    outcomes = at_once(*[lambda: call_command("housekeeping", verbosity=0)] * 3)
    assert outcomes == [None] * 3
    assert [key.name for key in APIKey.objects.all()] == ["live"]
    assert (Activity.objects.count(), APIKeyUsage.objects.count()) == (0, 0)
