"""How PostgreSQL finds an account by its address: never by reading them all, whether there is one or not."""

import re
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.commands import user_by_email
from accounts.events import Event
from accounts.models import Activity, TryCount, User
from tests.fixtures import PASSWORD
from tests.mailbox import mailbox

CROWD = 2_000  # rows with which the planner prefers an index wherever one can be used
FILLED = ("accounts_user", "account_emailaddress", "accounts_trycount", "accounts_activity")


def fill() -> None:
    now, emails = timezone.now(), [f"user{n}@example.org" for n in range(CROWD)]
    users = User.objects.bulk_create([User(email=email) for email in emails])
    EmailAddress.objects.bulk_create([EmailAddress(user=user, email=user.email) for user in users])
    Activity.objects.bulk_create([Activity(user=user, event=Event.LOGIN) for user in users])
    TryCount.objects.bulk_create(
        [TryCount(digest=email.encode(), started_at=now, ends_at=now, count=1) for email in emails]
    )
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ANALYZE {table}")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def sign_in() -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        for password in ("wrong", "wrong", PASSWORD):
            Client().post("/login/", {"login": email, "password": password})
    known = Client()
    for password in (PASSWORD, "wrong", PASSWORD):
        known.post("/login/", {"login": "alice@example.com", "password": password})
        known.post("/logout/")


def sign_up() -> None:
    for email in ("alice@example.com", "ada@example.com"):
        browser = Client()
        browser.post("/signup/", {"name": "Ada", "email": email, "password1": PASSWORD})
        code = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
        browser.post("/confirm-email/", {"code": code[1] if code else "WRONG"})


def reset() -> None:
    for email in ("nobody@example.com", "alice@example.com"):
        Client().post("/password/reset/", {"email": email})
    link = re.search(r"http://localhost:8000(/password/reset/key/\S+)", str(mailbox()[-1].body))
    assert link
    browser = Client()
    browser.post(browser.get(link[1])["Location"], {"password1": "another-horse-entirely"})


def command() -> None:
    user_by_email("Alice@example.com")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has these plans")
@pytest.mark.django_db
@pytest.mark.parametrize("flow", [sign_in, sign_up, reset, command])
@pytest.mark.long
def test_no_query_on_the_way_in_reads_a_whole_table(alice: User, flow: Callable[[], None]) -> None:
    fill()
    with CaptureQueriesContext(connection) as queries:
        flow()
    seen = [query["sql"] for query in queries if re.match(r"SELECT|UPDATE|DELETE|INSERT", query["sql"])]
    assert [sql for sql in seen if '"accounts_user"."email" =' in sql]
    scans = [
        (sql, plan) for sql in seen if re.search(rf"Seq Scan on ({'|'.join(FILLED)})\b", plan := plan_of(sql))
    ]
    assert not scans


@pytest.mark.database
def test_the_migration_makes_addresses_lower_case_that_were_written_in_bulk(alice: User, bob: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = 'Alice@Example.com' WHERE id = %s", [alice.pk])
    migration: Any = import_module("accounts.migrations.0004_sign_in")
    migration.lower_addresses(apps, SimpleNamespace(connection=connection))
    assert set(User.objects.values_list("email", flat=True)) == {"alice@example.com", "bob@example.com"}
