"""GET /v1/activity: the caller's security log."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import security_log
from accounts.events import Event
from accounts.models import Activity, User
from accounts.services import rename_user
from accounts.web.client import NOBODY
from accounts.web.client import Client as Caller
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.activity_lines import change, forget
from tests.api.account.callers import Call, calling, token_of
from tests.api.answers import check_success, details_of
from tests.api.oauth.flow import App
from tests.fixtures import API, sign_in

AT = datetime(2026, 11, 24, 9, 58, 4, 120_987, tzinfo=UTC)
LAPTOP = Caller(ip="203.0.113.7", agent="curl/8.5")
EVENTS = [  # every one there is
    *("signup", "login", "login_failed", "logout", "session_ended", "sessions_ended"),
    *("password_changed", "password_reset", "email_changed"),
    *("factor_added", "factor_removed", "factors_reset", "recovery_codes_created", "recovery_code_used"),
    *("browser_trusted", "everything_revoked", "data_exported", "account_closing", "account_kept"),
    *("staff_changed", "profile_changed"),
    *("key_created", "key_changed", "key_rotated", "key_disabled", "key_enabled"),
    *("key_deleted", "key_restored", "key_expired", "key_revoked"),
    *("app_created", "app_changed", "app_deleted", "secret_created", "secret_dropped"),
    *("grant_created", "grant_extended", "grant_revoked", "deployment_taken_down", "token_reuse"),
]


@pytest.fixture
def log(alice: User, bob: User) -> list[Activity]:
    """Alice's log, a line an hour, the oldest first; and a line of each kind that is Bob's."""
    for event in Event:
        security_log.record(bob, event, LAPTOP, whose="Bob's")
    # Alice signed in for this test already: her log begins anew.
    forget(Activity.objects.filter(user=alice))
    lines = [security_log.record(alice, event, LAPTOP, whose="Alice's") for event in Event]
    for number, line in enumerate(lines):
        line.at = AT + timedelta(hours=number)
        change(Activity.objects.filter(pk=line.pk), at=line.at)
    return lines


def listed(call: Call, query: str = "") -> list[str]:
    return [row["id"] for row in check_success(call("GET", f"/v1/activity{query}"))]


def test_a_line_says_what_happened_when_and_from_where(anyone: Call, alice: User) -> None:
    forget()
    line = security_log.record(
        alice, Event.KEY_CREATED, LAPTOP, credential="key_1", name="Reports", scopes=["read"], n=None
    )
    change(at=AT)
    response = anyone("GET", "/v1/activity")
    (row,) = check_success(response)
    assert list(row.items()) == [
        ("id", line.uid),
        ("event", "key_created"),
        ("at", "2026-11-24T09:58:04.120Z"),
        ("ip", "203.0.113.7"),
        ("userAgent", "curl/8.5"),
        ("credential", "key_1"),
        ("details", {"name": "Reports", "scopes": ["read"], "n": None}),
    ]
    assert row["id"].startswith("act_")
    assert response.json()["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 1,
        "totalPages": 1,
        "hasMore": False,
    }


def test_what_is_unknown_is_null_and_without_details_there_is_an_empty_object(
    session: Call, alice: User
) -> None:
    forget()
    security_log.record(alice, Event.PROFILE_CHANGED)
    (row,) = check_success(session("GET", "/v1/activity"))
    assert (row["ip"], row["userAgent"], row["credential"], row["details"]) == (None, None, None, {})


def test_an_empty_log_is_an_empty_list(session: Call) -> None:
    forget()
    response = session("GET", "/v1/activity")
    assert check_success(response) == []
    assert response.json()["pagination"]["totalPages"] == 0


def test_it_is_the_callers_own_log_newest_first(
    session: Call, bobs_session: Call, log: list[Activity]
) -> None:
    rows = check_success(session("GET", "/v1/activity?limit=100"))
    assert [row["id"] for row in rows] == [line.uid for line in reversed(log)]
    assert {row["details"]["whose"] for row in rows} == {"Alice's"}
    bobs = check_success(bobs_session("GET", "/v1/activity?limit=100"))
    assert {row["id"] for row in bobs}.isdisjoint(line.uid for line in log)
    assert len(bobs) == Activity.objects.filter(user__email="bob@example.com").count()


@pytest.mark.matrix  # each event
def test_there_is_a_filter_for_every_event(session: Call, log: list[Activity]) -> None:
    assert Event.values == EVENTS
    for line in log:
        assert listed(session, f"?event={line.event}") == [line.uid]
    forget(Activity.objects.filter(pk=log[0].pk))
    response = session("GET", f"/v1/activity?event={log[0].event}")
    assert response.json()["pagination"]["total"] == 0  # Bob's is not counted either


def test_it_is_sorted_and_cut_into_pages_as_asked(session: Call, log: list[Activity]) -> None:
    oldest_first = [line.uid for line in log]
    newest_first = oldest_first[::-1]
    for query, expected in (
        ("", newest_first[:20]),
        ("?page=2", newest_first[20:]),
        ("?page=3", []),
        ("?sort=createdAt&order=desc", newest_first[:20]),
        ("?order=asc&limit=5", oldest_first[:5]),
        ("?order=asc&limit=5&page=2", oldest_first[5:10]),
        (f"?event={log[3].event}&order=asc&limit=1", [log[3].uid]),
    ):
        assert listed(session, query) == expected, query
    assert session("GET", "/v1/activity?limit=5&page=2").json()["pagination"] == {
        "page": 2,
        "limit": 5,
        "total": len(EVENTS),
        "totalPages": -(-len(EVENTS) // 5),
        "hasMore": True,
    }


def test_lines_of_one_moment_come_in_the_order_in_which_they_were_written(
    session: Call, log: list[Activity]
) -> None:
    change(at=AT)
    written = [line.uid for line in log]
    for order, expected in (("asc", written), ("desc", written[::-1])):
        for page in (0, 1, 2):
            found = listed(session, f"?order={order}&limit=8&page={page + 1}")
            assert found == expected[8 * page : 8 * page + 8]


@pytest.mark.matrix  # odd parameters
def test_a_parameter_that_it_does_not_know_is_400_with_its_reason(session: Call) -> None:
    events = f"This must be one of: {', '.join(EVENTS)}."
    for query, details in (
        ("event=", {"event": [events]}),
        ("event=Login", {"event": [events]}),
        ("event=login,logout", {"event": [events]}),
        ("event=login&event=logout", {"event": ["Give this once."]}),
        ("sort=at", {"sort": ["This must be one of: createdAt."]}),
        ("sort=event", {"sort": ["This must be one of: createdAt."]}),
        ("order=ASC", {"order": ["This must be one of: asc, desc."]}),
        ("page=-1", {"page": ["This must be a whole number from 1."]}),
        ("limit=0", {"limit": ["This must be a whole number from 1 to 100."]}),
        ("ip=203.0.113.7", {"ip": ["Unknown parameter."]}),
        ("user=2", {"user": ["Unknown parameter."]}),
    ):
        assert details_of(session("GET", f"/v1/activity?{query}")) == details


def test_what_a_person_just_did_is_there_and_no_secret_is(alice: User) -> None:
    browser = sign_in(alice, REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="curl/8.5")
    key, raw_key = create_key(alice, name="Reports", permission="read-only", client=LAPTOP)
    calling(Client(), raw_key)("DELETE", "/v1/auth")
    response = calling(browser)("GET", "/v1/activity")
    rows = check_success(response)
    assert [row["event"] for row in rows] == ["key_deleted", "key_created", "login", "signup"]
    assert [row["credential"] for row in rows] == [key.uid, key.uid, None, None]
    assert (rows[2]["ip"], rows[2]["userAgent"]) == ("203.0.113.7", "curl/8.5")
    assert raw_key[23:] not in response.content.decode()


def test_a_page_costs_four_queries_however_many_lines_it_has(
    session: Call, log: list[Activity], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for limit in (1, 20):
        with django_assert_num_queries(3):  # session with person, count, lines
            assert len(listed(session, f"?limit={limit}")) == limit


def test_a_line_is_kept_with_what_it_was_done_with(
    api: API, alice: User, alice_browser: Client, admin_app: App, read_write: tuple[APIKey, str]
) -> None:
    key, raw_key = read_write
    alice_browser.get("/settings/")  # which sets the CSRF cookie
    session = calling(alice_browser)
    assert api("PATCH", "/v1/me", raw_key, json={"name": "By a key"}).status_code == 200
    token = token_of(alice_browser, admin_app)
    assert api("PATCH", "/v1/me", token, json={"name": "By an app"}).status_code == 200
    assert session("PATCH", "/v1/me", json={"name": "By a session"}).status_code == 200
    alice_browser.post("/settings/profile/", {"name": "By a page"})
    rename_user(alice, "By the command line", NOBODY)
    done_with = {
        line.details["changed"]["name"][1]: (line.acting, line.acting_id, line.acting_name)
        for line in Activity.objects.filter(event="profile_changed")
    }
    assert done_with == {
        "By a key": ("api_key", key.uid, "Deploy from CI"),
        "By an app": ("oauth", admin_app.id, admin_app.row.name),
        "By a session": ("session", "", ""),
        "By a page": ("session", "", ""),
        "By the command line": ("", "", ""),
    }


def test_a_wrong_password_is_no_session(alice: User) -> None:
    Client().post("/login/", {"login": alice.email, "password": "wrong"})
    assert Activity.objects.get(event="login_failed").acting == ""
