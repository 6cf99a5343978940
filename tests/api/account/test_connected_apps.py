"""GET /v1/connected-apps and DELETE /v1/connected-apps/{id}: the apps that act for the caller."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Activity, User
from api.oauth.models import Grant
from api.oauth.services import last_use
from api.oauth.services.grants import grant_access
from tests.api.account.callers import Call, calling
from tests.api.answers import check_error, check_success, details_of
from tests.api.oauth.flow import App, connect, exchange, get_code, make_app, refresh
from tests.cases import cases
from tests.fixtures import age_sign_in

AT = datetime(2026, 11, 24, 9, 58, 4, 120_987, tzinfo=UTC)
SORTS = "This must be one of: createdAt, name, lastUsedAt."


def let(user: User, app: App, *scopes: str, **values: Any) -> Grant:
    grant = grant_access(user, app.row, scopes or ["read"])
    Grant.objects.filter(pk=grant.pk).update(**values)
    return grant


def listed(call: Call, query: str = "") -> list[str]:
    return [row["name"] for row in check_success(call("GET", f"/v1/connected-apps{query}"))]


def test_a_row_says_which_app_may_do_what_since_when(anyone: Call, alice: User, dora: User) -> None:
    app = make_app(dora, name="Globex Mail", website="https://globex.example/")
    let(alice, app, "delete", "read", granted_at=AT, last_used_at=AT + timedelta(hours=1))
    rows = check_success(anyone("GET", "/v1/connected-apps?order=asc&sort=name"))
    assert list(rows[0].items()) == [
        ("id", app.id),
        ("name", "Globex Mail"),
        ("website", "https://globex.example/"),
        ("scopes", ["read", "delete"]),
        ("grantedAt", "2026-11-24T09:58:04.120Z"),
        ("lastUsedAt", "2026-11-24T10:58:04.120Z"),
    ]


def test_without_apps_the_list_is_empty(session: Call) -> None:
    response = session("GET", "/v1/connected-apps")
    assert check_success(response) == []
    assert response.json()["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 0,
        "totalPages": 0,
        "hasMore": False,
    }


def test_what_was_never_used_and_has_no_website_says_null(session: Call, alice: User, app: App) -> None:
    let(alice, app)
    (row,) = check_success(session("GET", "/v1/connected-apps"))
    assert (row["website"], row["lastUsedAt"]) == (None, None)


def test_the_last_use_is_told_once_it_is_written(session: Call, alice_browser: Client, app: App) -> None:
    token = connect(alice_browser, app)["access_token"]
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    check_success(calling(Client(), token)("GET", "/v1/me"))
    last_use.flush()
    (row,) = check_success(session("GET", "/v1/connected-apps"))
    assert before <= datetime.fromisoformat(row["lastUsedAt"])


def test_each_person_sees_their_own_and_what_they_themselves_allowed(
    session: Call, bobs_session: Call, alice: User, bob: User, app: App, dora: User
) -> None:
    let(alice, app, "read", "write")
    let(bob, app, "read")
    let(bob, make_app(dora, name="Globex Mail"))
    for call, expected in (
        (session, {"Acme Sync": ["read", "write"]}),
        (bobs_session, {"Acme Sync": ["read"], "Globex Mail": ["read"]}),
    ):
        response = call("GET", "/v1/connected-apps")
        assert {row["name"]: row["scopes"] for row in check_success(response)} == expected
        assert response.json()["pagination"]["total"] == len(expected)


def test_an_app_sees_itself_with_all_that_it_was_given(admin: Call, admin_app: App) -> None:
    (row,) = check_success(admin("GET", "/v1/connected-apps"))
    assert (row["id"], row["scopes"]) == (admin_app.id, ["read", "write", "delete", "admin"])


def test_it_is_sorted_and_cut_into_pages_as_asked(session: Call, alice: User, dora: User) -> None:
    for number, (name, used) in enumerate([("b", 30), ("c", 10), ("a", 20)]):
        given, last = AT + timedelta(hours=number), AT + timedelta(hours=used)
        let(alice, make_app(dora, name=name, is_public=True), granted_at=given, last_used_at=last)
    for query, expected in (
        ("", "acb"),
        ("?order=asc", "bca"),
        ("?sort=createdAt", "acb"),
        ("?sort=name", "cba"),
        ("?sort=name&order=asc", "abc"),
        ("?sort=lastUsedAt", "bac"),
        ("?sort=lastUsedAt&order=asc", "cab"),
        ("?sort=name&order=asc&limit=2", "ab"),
        ("?sort=name&order=asc&limit=2&page=2", "c"),
        ("?page=2", ""),
    ):
        assert "".join(listed(session, query)) == expected, query
    assert session("GET", "/v1/connected-apps?limit=2").json()["pagination"] == {
        "page": 1,
        "limit": 2,
        "total": 3,
        "totalPages": 2,
        "hasMore": True,
    }


@pytest.mark.matrix  # what is rare
def test_apps_that_sort_alike_come_in_the_order_in_which_they_were_connected(
    session: Call, alice: User, dora: User
) -> None:
    for name in "abcde":
        let(alice, make_app(dora, name=name, is_public=True), granted_at=AT, last_used_at=AT)
    for sort in ("createdAt", "lastUsedAt"):
        pages = [listed(session, f"?sort={sort}&order=asc&limit=2&page={page}") for page in (1, 2, 3)]
        assert pages == [["a", "b"], ["c", "d"], ["e"]]


def test_a_parameter_that_it_does_not_know_is_400_with_its_reason(session: Call) -> None:
    for query, details in (
        ("sort=grantedAt", {"sort": [SORTS]}),
        ("order=", {"order": ["This must be one of: asc, desc."]}),
        ("page=x", {"page": ["This must be a whole number from 1."]}),
        ("limit=101", {"limit": ["This must be a whole number from 1 to 100."]}),
        ("state=active", {"state": ["Unknown parameter."]}),
        ("user__email=a", {"user__email": ["Unknown parameter."]}),
    ):
        assert details_of(session("GET", f"/v1/connected-apps?{query}")) == details


@pytest.mark.matrix  # what it costs
def test_the_list_costs_four_queries_however_many_apps_there_are(
    session: Call, alice: User, dora: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        let(alice, make_app(dora, name=f"App {number}", is_public=True))
    for limit in (1, 12):
        with django_assert_num_queries(3):  # session with person, count, grants with their apps
            assert len(listed(session, f"?limit={limit}")) == limit


# --- Disconnecting


def test_disconnecting_ends_every_code_and_token_of_the_app_at_once(
    anyone: Call, alice: User, alice_browser: Client, app: App
) -> None:
    tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
    age_sign_in(alice_browser, 86_400)  # ending takes no recent sign-in
    response = anyone("DELETE", f"/v1/connected-apps/{app.id}", REMOTE_ADDR="203.0.113.7")
    assert list(check_success(response).items()) == [("id", app.id), ("deleted", True)]
    check_error(calling(Client(), tokens["access_token"])("GET", "/v1/me"), 401)
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert exchange(app, code).json()["error"] == "invalid_grant"
    assert "Acme Sync" not in listed(anyone)
    line = Activity.objects.get(event="grant_revoked")
    assert (line.user, line.credential, line.ip) == (alice, app.id, "203.0.113.7")
    assert line.details == {"name": "Acme Sync", "by": "user"}


def test_a_second_time_it_is_404(session: Call, alice: User, app: App) -> None:
    let(alice, app)
    check_success(session("DELETE", f"/v1/connected-apps/{app.id}"))
    check_error(session("DELETE", f"/v1/connected-apps/{app.id}"), 404, "No such app is connected")
    assert Activity.objects.filter(event="grant_revoked").count() == 1


def test_only_the_callers_own_consent_ends(
    session: Call, bobs_session: Call, alice: User, bob: User, app: App, dora: User
) -> None:
    let(alice, app)
    check_error(bobs_session("DELETE", f"/v1/connected-apps/{app.id}"), 404, "No such app is connected")
    let(bob, app)
    let(alice, make_app(dora, name="Globex Mail"))
    check_success(session("DELETE", f"/v1/connected-apps/{app.id}"))
    assert sorted(Grant.objects.values_list("user__name", "application__name")) == [
        ("Alice Owner", "Globex Mail"),
        ("Bob Stranger", "Acme Sync"),
    ]


def test_an_app_can_disconnect_itself_and_is_401_then(admin: Call, admin_app: App) -> None:
    check_success(admin("DELETE", f"/v1/connected-apps/{admin_app.id}"))
    check_error(admin("DELETE", f"/v1/connected-apps/{admin_app.id}"), 401)


@cases("name", ["app_0", "0", "app_%00", "app_" + "0" * 37, "grant", "%2e%2e", "x" * 99])
def test_what_is_no_connected_app_is_404(session: Call, alice: User, app: App, name: str) -> None:
    grant = let(alice, app)
    name = grant.uid if name == "grant" else name
    check_error(session("DELETE", f"/v1/connected-apps/{name}"), 404, "No such app is connected")
    assert Grant.objects.exists()


def test_it_takes_no_parameters(session: Call, alice: User, app: App) -> None:
    let(alice, app)
    response = session("DELETE", f"/v1/connected-apps/{app.id}?force=1")
    assert details_of(response) == {"force": ["Unknown parameter."]}
    assert Grant.objects.exists()
