"""What the admin is searched by, and the pages of the activity log, read an index and not the table."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, User
from api.oauth.models import AccessToken, Application, AuthorizationCode, Grant, RefreshToken
from api.projects.models import Deployment, Project
from apikeys.models import APIKey, APIKeySecret

ROWS = 3000
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such indexes")
# Every twentieth line is of the first person, as among many people.
FILL_THE_LOG = """
    INSERT INTO accounts_activity (uid, user_id, event, at, user_agent, credential, details)
    SELECT 'act_' || n, CASE WHEN mod(n, 20) = 0 THEN %s ELSE %s END,
        (ARRAY['login', 'login_failed', 'key_created'])[1 + mod(n, 3)],
        now() - n * interval '1 minute', repeat('x', 100), '', '{}'
    FROM generate_series(1, 60000) n
"""
# What a person may type into a search, for every admin.
TERMS = ("user77@", "user77@example.com", "{user}", "{key}", "Name 77", "192.0.2.7", "nothing", "{label}.x.y")


def make_rows() -> dict[str, str]:
    """ROWS of everything, each of a person of their own; the ids of one row of each kind."""
    now, each = timezone.now(), range(ROWS)
    users = User.objects.bulk_create(User(email=f"user{n}@example.com", name=f"Name {n}") for n in each)
    keys = APIKey.objects.bulk_create(
        APIKey(user=user, name=f"Name {n}", name_key=f"name {n}", permission="read-only")
        for n, user in enumerate(users)
    )
    APIKeySecret.objects.bulk_create(
        APIKeySecret(key=key, public_id=f"{n:012}", digest=b"") for n, key in enumerate(keys)
    )
    Activity.objects.bulk_create(
        Activity(user=user, event="login", ip=f"192.0.{n // 250}.{n % 250}", credential=keys[n].uid)
        for n, user in enumerate(users)
    )
    projects = Project.objects.bulk_create(Project(owner=user, name=f"Name {user.pk}") for user in users)
    deployments = Deployment.objects.bulk_create(Deployment(project=project) for project in projects)
    apps = Application.objects.bulk_create(Application(user=user, name=f"Name {user.pk}") for user in users)
    grants = Grant.objects.bulk_create(
        Grant(user=user, application=app, scope="read") for user, app in zip(users, apps, strict=True)
    )
    made = [
        (f"{n:064}", {"user_id": grant.user_id, "application_id": grant.application_id, "grant": grant})
        for n, grant in enumerate(grants)
    ]
    later: Any = {"expires": now + timedelta(hours=1)}
    of_family: Any = {"authorized_at": now, "token_family": uuid.uuid4()}
    AccessToken.objects.bulk_create(
        AccessToken(token_checksum=text, **later, **of_family, **shared) for text, shared in made
    )
    RefreshToken.objects.bulk_create(
        RefreshToken(token_checksum=text, **of_family, **shared) for text, shared in made
    )
    AuthorizationCode.objects.bulk_create(
        AuthorizationCode(code=text, **later, **shared) for text, shared in made
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"user": users[77].uid, "key": keys[77].uid, "label": deployments[77].label}


def scanned(sql: str) -> list[str]:
    """The tables that PostgreSQL would read from end to end for a statement.

    On a disk without a head: by the cost of one with it, both ways are about as dear for ROWS rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        cursor.execute(f"EXPLAIN {sql}")
        return re.findall(r"Seq Scan on (\w+)", "\n".join(line for (line,) in cursor.fetchall()))


@postgresql
@pytest.mark.long
def test_no_search_of_the_admin_reads_a_whole_table(sam_browser: Client) -> None:
    ids = make_rows()
    tried = 0
    for model in admin.site._registry:
        if model._meta.model_name == "idtoken":
            continue
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for term in TERMS:
            with CaptureQueriesContext(connection) as queries:
                assert sam_browser.get(path, {"q": term.format(**ids)}).status_code == 200
            for query in queries:
                sql = query["sql"]
                if f'FROM "{model._meta.db_table}"' in sql and "WHERE" in sql:
                    assert scanned(sql) == [], (path, term, sql)
                    tried += 1
    assert tried > 100


def fill_the_log(owner: User, other: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # else VACUUM does not trust what was just written
        cursor.execute(FILL_THE_LOG, [owner.pk, other.pk])
        cursor.execute("VACUUM ANALYZE accounts_activity")  # as PostgreSQL does by itself before long
        cursor.execute("RESET synchronous_commit")


@postgresql
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_every_filter_of_the_activity_page_begins_with_whose_log_it_is(
    alice: User, bob: User, alice_browser: Client
) -> None:
    fill_the_log(alice, bob)
    today = timezone.localdate()
    filters = (
        *("", "kind=keys", "by=session", "by=api_key", "address=203.0.113.7", "q=reports", "page=40"),
        f"since={today - timedelta(days=30)}&until={today}&kind=sign-in",
    )
    for asked in filters:
        with CaptureQueriesContext(connection) as queries:
            assert alice_browser.get(f"/settings/activity/?{asked}").status_code == 200
        for sql in (q["sql"] for q in queries if 'FROM "accounts_activity"' in q["sql"]):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, (asked, plan)
            used = re.findall(r"(?:Scan|Scan Backward) (?:using|on) (activity_\w+)", plan)
            assert used, (asked, plan)
            assert all(index.startswith("activity_by_user") for index in used), (asked, plan)


@postgresql
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_late_page_of_the_activity_log_sorts_no_more_than_the_page(
    alice: User, bob: User, alice_browser: Client
) -> None:
    fill_the_log(alice, bob)
    for query in ("page=100", "page=40&event=key_created", "page=100&order=asc", "page=20&limit=100"):
        with CaptureQueriesContext(connection) as queries:
            assert alice_browser.get(f"/v1/activity?{query}").json()["data"]
        (sql,) = (q["sql"] for q in queries if "ORDER BY" in q["sql"] and "accounts_activity" in q["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert all(int(rows) <= 100 for rows in re.findall(r"Sort  .*rows=(\d+)", plan)), plan
        assert "Seq Scan" not in plan, plan
