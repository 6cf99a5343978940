"""The security log."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import security_log
from accounts.events import Event
from accounts.models import Activity, User
from accounts.utils.batches import delete_in_batches
from accounts.web.client import Client

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


def test_lines_go_after_a_year_and_nobody_elses_are_touched_before(alice: User, bob: User) -> None:
    for user in (alice, bob):
        for days in (364, 365, 366, 3660):
            line = security_log.record(user, Event.LOGIN, days=days)
            Activity.objects.filter(pk=line.pk).update(at=NOON - timedelta(days=days))
    Activity.objects.filter(event="signup").update(at=NOON)
    assert security_log.delete_old(NOON) == 4
    assert security_log.delete_old(NOON) == 0
    kept = Activity.objects.filter(event="login").order_by("pk").values_list("details", flat=True)
    assert list(kept) == [{"days": 364}, {"days": 365}] * 2


def test_many_rows_are_deleted_in_batches_and_only_those_asked_for(alice: User) -> None:
    for number in range(7):
        security_log.record(alice, Event.LOGIN, number=number)
    assert delete_in_batches(Activity.objects.filter(event="login"), size=3) == 7
    assert delete_in_batches(Activity.objects.filter(event="login"), size=3) == 0
    assert [line.event for line in Activity.objects.all()] == ["signup"]
