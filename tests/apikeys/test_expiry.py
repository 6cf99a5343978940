"""What is due about keys that expire: each mail once, however late, often or simultaneously it runs."""

import functools
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from accounts.models import Activity, User
from apikeys.models import APIKey, DisabledBy
from apikeys.services import change_key, create_key, delete_key, disable_key, revoke_key, tell_of_expiry
from tests.apikeys.test_races import at_once
from tests.cases import cases
from tests.mailbox import mailbox

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def make(user: User, name: str, days: float) -> APIKey:
    """A key made at NOW that lives for so many days; the mail about that is out of the way."""
    with time_machine.travel(NOW, tick=False):
        key, _ = create_key(user, name=name, permission="read-only", expires_at=NOW + days * DAY)
        mailbox()
    return key


def told(*days: float) -> list[str]:
    """The subjects of what is mailed when it runs so many days after NOW, in this order."""
    before = len(mail.outbox)
    for day in days:
        with time_machine.travel(NOW + day * DAY, tick=False):
            tell_of_expiry(NOW + day * DAY)
            mailbox()
    return [each.subject.removeprefix("[Craft] ") for each in mail.outbox[before:]]


@pytest.mark.matrix  # day by day
def test_each_notice_comes_once_however_often_it_runs(alice: User) -> None:
    make(alice, "Reports bot", 90)
    assert told(*(hour / 24 for hour in range(74 * 24, 92 * 24, 6))) == [
        "API key expires in 14 days, on 30 January 2027: Reports bot",
        "API key expires in 7 days, on 30 January 2027: Reports bot",
        "API key expires in 1 day, on 30 January 2027: Reports bot",
        "API key expired: Reports bot",
    ]
    assert Activity.objects.filter(event="key_expired").count() == 1


def test_what_runs_late_tells_the_newest_alone_and_how_long_it_is_then(alice: User) -> None:
    make(alice, "Reports bot", 90)
    assert told(86.4) == ["API key expires in 4 days, on 30 January 2027: Reports bot"]
    assert told(86.5, 88) == []
    assert told(91) == ["API key expired: Reports bot"]


def test_of_an_end_long_ago_nobody_is_told(alice: User) -> None:
    make(alice, "Reports bot", 90)
    assert told(97.1) == []
    assert not Activity.objects.filter(event="key_expired").exists()


@pytest.mark.matrix  # each life, day by day
@cases(
    ("days", "expected"),
    [
        (14, ["in 7 days", "in 1 day", "expired"]),
        (10, ["in 7 days", "in 1 day", "expired"]),
        (7, ["in 1 day", "expired"]),
        (1, ["expired"]),
        (0.5, ["expired"]),
    ],
)
def test_a_notice_longer_than_the_life_is_skipped(alice: User, days: float, expected: list[str]) -> None:
    make(alice, "Short", days)
    subjects = told(*(quarter / 4 for quarter in range(15 * 4)))
    assert len(subjects) == len(expected)
    assert all(words in subject for words, subject in zip(expected, subjects, strict=True))


def test_one_person_gets_one_mail_for_all_keys_that_are_due(alice: User, bob: User) -> None:
    for name, days in (("Later", 40), ("Reports bot", 20), ("Deploy", 13.5)):
        make(alice, name, days)
    make(bob, "Bobs own", 20)
    assert told(19.5) == [
        "2 API keys expire or have expired",
        "API key expires in 1 day, on 21 November 2026: Bobs own",
    ]
    body = " ".join(str(next(each for each in mail.outbox if "2 API keys" in each.subject).body).split())
    assert "Deploy has expired, craft_key_" in body
    assert "Reports bot in 1 day, on 21 November 2026, craft_key_" in body
    assert "Later" not in body
    assert "/settings/api-keys/" in body
    assert "Account Settings, Notifications" in body


def test_an_extended_key_is_told_of_anew(alice: User) -> None:
    key = make(alice, "Reports bot", 20)
    assert len(told(7, 14)) == 2
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        change_key(key, expires_at=NOW + 60 * DAY)
    assert told(20, 40) == []
    assert told(46.1) == ["API key expires in 14 days, on 31 December 2026: Reports bot"]


def test_what_has_ended_is_not_told_of_and_what_rests_is(alice: User) -> None:
    delete_key(make(alice, "Deleted", 20))
    revoke_key(make(alice, "Revoked", 20), reason="leaked", by="staff")
    disable_key(make(alice, "Resting", 20), by=DisabledBy.OWNER)
    with time_machine.travel(NOW, tick=False):
        create_key(alice, name="For ever", permission="read-only")
        mailbox()
    assert told(6.1) == ["API key expires in 14 days, on 21 November 2026: Resting"]


def test_who_switched_them_off_gets_none_and_hears_no_old_ones_later(alice: User) -> None:
    make(alice, "Reports bot", 20)
    User.objects.filter(pk=alice.pk).update(mails_about_expiry=False)
    assert told(6.1, 13.1) == []
    User.objects.filter(pk=alice.pk).update(mails_about_expiry=True)
    assert told(13.2) == []
    assert told(19.1) == ["API key expires in 1 day, on 21 November 2026: Reports bot"]


def test_a_deactivated_account_is_mailed_nothing(alice: User) -> None:
    make(alice, "Reports bot", 20)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert told(6.1, 20.1) == []


def test_who_is_closing_their_account_is_mailed_nothing(alice: User) -> None:
    make(alice, "Reports bot", 20)
    User.objects.filter(pk=alice.pk).update(closing_at=NOW + 30 * DAY)
    assert told(6.1, 20.1) == []


def test_it_goes_to_the_keys_owner(alice: User) -> None:
    make(alice, "Reports bot", 20)
    assert len(told(6.1)) == 1
    assert mail.outbox[-1].to == ["alice@example.com"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once(alice: User, bob: User) -> None:
    for user in (alice, bob):
        for number in range(3):
            make(user, f"key {number}", 20)
    before = len(mail.outbox)
    now = NOW + 6 * DAY + MINUTE
    with time_machine.travel(now, tick=False):
        outcomes = at_once(*[functools.partial(tell_of_expiry, now)] * 4)
    assert sum(outcomes) == 6  # type: ignore[arg-type]
    with time_machine.travel(now, tick=False):
        assert len(mailbox()) - before == 2
