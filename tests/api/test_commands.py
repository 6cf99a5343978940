"""`seed` and `housekeeping`."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Activity, QueuedMail, User
from accounts.tries import Limit
from api.projects.models import Project
from apikeys.models import APIKey, APIKeyUsage
from apikeys.services import create_key, delete_key
from tests.activity_lines import change
from tests.apikeys.uses import count
from tests.cases import cases
from tests.commands import refusal, run
from tests.fixtures import sign_in


@pytest.mark.matrix  # many rows
def test_seed_makes_as_many_projects_as_asked_with_plausible_names_and_dates(alice: User, bob: User) -> None:
    assert run("seed", "ALICE@example.com", "--projects", "2500") == "2500\n"
    assert run("seed", bob.email, "--projects", "1") == "1\n"
    projects = list(Project.objects.filter(owner=alice).order_by("created_at"))
    assert len({project.uid for project in projects}) == len({project.name for project in projects}) == 2500
    assert all(re.fullmatch(r"[A-Z][a-z]+ [a-z ]+ \d+", project.name) for project in projects)
    assert {project.status for project in projects} == {"active", "archived"}
    now = timezone.now()
    assert all(project.created_at <= project.updated_at <= now for project in projects)
    assert projects[-1].created_at - projects[0].created_at > timedelta(days=700)


def test_seed_makes_the_same_names_in_each_run(alice: User, bob: User) -> None:
    for user in (alice, bob):
        run("seed", user.email, "--projects", "30")
    names = [[project.name for project in user.projects.order_by("created_at")] for user in (alice, bob)]
    assert names[0] == names[1]


@pytest.mark.matrix  # many rows
def test_seed_writes_in_batches(alice: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        run("seed", alice.email, "--projects", "2001")
    assert len([query for query in queries if query["sql"].startswith("INSERT")]) <= 30


@cases("count", ["0", "-1", "100001", "many", "", "1.5", "9" * 5000])
def test_seed_refuses_what_is_no_number_of_projects(alice: User, count: str) -> None:
    assert refusal("seed", alice.email, f"--projects={count}") == (
        "--projects must be a whole number from 1 to 100000."
    )
    assert not Project.objects.exists()


@pytest.mark.django_db
def test_seed_refuses_an_unknown_account() -> None:
    assert refusal("seed", "zoe@example.com", "--projects", "3") == (
        "There is no account with the address 'zoe@example.com'."
    )


def test_housekeeping_deletes_what_has_had_its_time_and_nothing_else(alice: User) -> None:
    now = timezone.now()
    live = sign_in(alice)
    expired, gone = sign_in(alice), sign_in(alice)
    Session.objects.filter(pk=expired.session.session_key).update(expire_date=now - timedelta(seconds=1))
    Session.objects.filter(pk=gone.session.session_key).delete()
    UserSession.objects.update(created_at=now - timedelta(hours=2))
    fresh = UserSession.objects.create(user=alice, ip="203.0.113.7", session_key="being-signed-in")
    key = create_key(alice, name="live", permission="read-only")[0]
    for name, days in (("just deleted", 6), ("long deleted", 8)):
        ended = delete_key(create_key(alice, name=name, permission="read-only")[0])
        APIKey.objects.filter(pk=ended.pk).update(deleted_at=now - timedelta(days=days))
    for days in (89, 91):  # hours go after 90 days, days after two years
        count(key, now - timedelta(days=days), 1)
    change(Activity.objects.filter(event="signup"), at=now - timedelta(days=401))
    for seconds in (0, 60):
        Limit("test", most=1, seconds=seconds).of(seconds).count()

    assert run("housekeeping") == (
        "Told of expiry: 0 keys\n"
        "Deleted: 0 closed accounts, 1 sessions, 2 listed sessions, 1 keys, 1 rows of usage, 0 stored files, "
        "1 counts of tries, 0 trusted browsers, 1 activity lines, 0 failed token requests, "
        "0 mails too late to send\n"
        "Sent: 3 mails\n"  # about the three keys that were made
    )
    assert [session.pk for session in Session.objects.all()] == [live.session.session_key]
    listed = {session.session_key for session in UserSession.objects.all()}
    assert listed == {live.session.session_key, fresh.session_key}
    assert {each.name for each in APIKey.objects.all()} == {"live", "just deleted"}
    assert APIKeyUsage.objects.count() == 3
    assert not Activity.objects.filter(event="signup").exists()
    assert live.get("/settings/profile/").status_code == 200

    assert run("housekeeping") == (
        "Told of expiry: 0 keys\n"
        "Deleted: 0 closed accounts, 0 sessions, 0 listed sessions, 0 keys, 0 rows of usage, 0 stored files, "
        "0 counts of tries, 0 trusted browsers, 0 activity lines, 0 failed token requests, "
        "0 mails too late to send\n"
        "Sent: 0 mails\n"
    )


@pytest.mark.django_db
def test_housekeeping_of_a_new_craft_finds_nothing_due() -> None:
    assert run("housekeeping").startswith("Told of expiry: 0 keys\nDeleted: 0 closed accounts, 0 sessions")


@pytest.mark.django_db
def test_housekeeping_sends_what_waits_and_drops_what_comes_too_late() -> None:
    for number in range(3):
        Client().post("/password/reset/", {"email": f"nobody{number}@example.com"})
    QueuedMail.objects.filter(pk=QueuedMail.objects.latest("pk").pk).update(expires_at=timezone.now())
    assert run("housekeeping").endswith(", 1 mails too late to send\nSent: 2 mails\n")
    assert [message.to for message in mail.outbox] == [["nobody0@example.com"], ["nobody1@example.com"]]


@pytest.mark.django_db
def test_housekeeping_without_a_mail_server_says_so_and_does_the_rest(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # where nothing listens
    Client().post("/password/reset/", {"email": "nobody@example.com"})
    assert run("housekeeping").endswith("\nThe mail server is away: 1 mails wait\n")
