"""The security log."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import security_log
from accounts.events import Event
from accounts.models import Activity, User
from accounts.utils.batches import delete_in_batches
from accounts.web.client import Client
from tests.activity_lines import change
from tests.apikeys.test_races import at_once
from tests.cases import cases

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_line_says_what_happened_to_whom_from_where(alice: User) -> None:
    line = security_log.record(
        alice,
        Event.KEY_CREATED,
        Client(ip="203.0.113.7", agent="curl/8.5"),
        credential="key_1",
        name="Reports",
    )
    line.refresh_from_db()
    assert line.uid.startswith("act_")
    assert (line.user, line.event, line.ip, line.user_agent) == (
        alice,
        "key_created",
        "203.0.113.7",
        "curl/8.5",
    )
    assert (line.credential, line.details) == ("key_1", {"name": "Reports"})


def test_what_no_browser_did_has_no_address_and_no_agent(alice: User) -> None:
    line = security_log.record(alice, Event.PROFILE_CHANGED)
    assert (line.ip, line.user_agent, line.credential, line.details) == (None, "", "", {})


def fail(user: User | None, ip: str | None, *, again: bool = False, email: str = "alice@example.com") -> None:
    security_log.record_failed_sign_in(user, email, Client(ip, "curl/8.5"), again=again)


def test_failed_sign_ins_of_one_network_are_one_line_an_hour(alice: User, bob: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        fail(alice, "203.0.113.7")
        fail(alice, "203.0.113.8")
        fail(alice, "2001:db8::1")
        fail(alice, "2001:db8::2")
        fail(alice, None)
        fail(alice, "203.0.113.7", again=True)
        for _ in range(2):  # neither the newest line, nor the newest of its network
            fail(alice, "203.0.113.7")
        fail(bob, "203.0.113.7", email="bob@example.com")
        fail(None, "203.0.113.7", email="nobody@example.com")
        clock.shift(3600)
        fail(alice, "203.0.113.7")
    lines = Activity.objects.filter(event="login_failed").order_by("pk").values_list("user", "ip", "details")
    assert list(lines) == [
        (alice.pk, "203.0.113.7", {"again": False, "tries": 3}),
        (alice.pk, "203.0.113.8", {"again": False}),
        (alice.pk, "2001:db8::1", {"again": False, "tries": 2}),
        (alice.pk, None, {"again": False}),
        (alice.pk, "203.0.113.7", {"again": True}),
        (bob.pk, "203.0.113.7", {"again": False}),
        (alice.pk, "203.0.113.7", {"again": False}),
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_failed_sign_ins_at_once_are_one_line_and_none_is_lost(alice: User) -> None:
    for n in range(3):
        outcomes = at_once(*[lambda ip=f"203.0.113.{n}": fail(alice, ip)] * 8)
        assert outcomes == [None] * 8
        assert alice.activity.get(ip=f"203.0.113.{n}").details == {"again": False, "tries": 8}


def test_lines_go_after_400_days_and_nobody_elses_are_touched_before(alice: User, bob: User) -> None:
    for user in (alice, bob):
        for days in (399, 400, 401, 3660):
            line = security_log.record(user, Event.LOGIN, days=days)
            change(Activity.objects.filter(pk=line.pk), at=NOON - timedelta(days=days))
    change(Activity.objects.filter(event="signup"), at=NOON)
    assert security_log.delete_old(NOON) == 4
    assert security_log.delete_old(NOON) == 0
    kept = Activity.objects.filter(event="login").order_by("pk").values_list("details", flat=True)
    assert list(kept) == [{"days": 399}, {"days": 400}] * 2


def test_many_rows_are_deleted_in_batches_and_only_those_asked_for(alice: User) -> None:
    for number in range(7):
        security_log.record(alice, Event.LOGIN, number=number)
    logins = Activity.objects.filter(event="login")
    assert delete_in_batches(logins, size=3, delete=QuerySet.delete) == 7
    assert delete_in_batches(logins, size=3, delete=QuerySet.delete) == 0
    assert [line.event for line in Activity.objects.all()] == ["signup"]


@cases(
    "tamper",
    [
        lambda line: line.save(),
        lambda line: line.save(update_fields=["details"]),
        lambda line: line.delete(),
        lambda line: Activity.objects.update(ip=None),
        lambda line: Activity.objects.all().delete(),
        lambda line: Activity._base_manager.filter(pk=line.pk).update(ip=None),
        lambda line: Activity._base_manager.filter(pk=line.pk).delete(),
        lambda line: line.user.activity.all().delete(),
        lambda line: line.user.activity.clear(),
        lambda line: Activity.objects.bulk_update([line], ["details"]),
        lambda line: Activity.objects.update_or_create({"ip": None}, pk=line.pk),
        lambda line: Activity.objects.bulk_create(
            [line], update_conflicts=True, unique_fields=["id"], update_fields=["ip"]
        ),
    ],
)
def test_no_code_changes_or_deletes_a_line(alice: User, tamper: Callable[[Activity], object]) -> None:
    line = security_log.record(alice, Event.LOGIN, Client(ip="203.0.113.7", agent="curl/8.5"))
    line.details = {"changed": "afterwards"}
    with pytest.raises((TypeError, AttributeError)), transaction.atomic():
        tamper(line)
    line.refresh_from_db()
    assert (line.ip, line.details) == ("203.0.113.7", {})


def test_a_new_line_takes_the_place_of_none(alice: User) -> None:
    line = security_log.record(alice, Event.LOGIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity(pk=line.pk, user=alice, event=Event.LOGOUT).save()
    line.refresh_from_db()
    assert line.event == "login"


def test_tries_are_counted_in_lines_about_wrong_passwords_alone(alice: User) -> None:
    line = security_log.record(alice, Event.LOGIN)
    Activity.objects.count_tries(line, 3)
    line.refresh_from_db()
    assert line.details == {}


def test_the_log_goes_with_its_account(alice: User, bob: User) -> None:
    alice.delete()
    assert {line.user for line in Activity.objects.all()} == {bob}
