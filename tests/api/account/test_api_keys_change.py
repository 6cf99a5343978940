"""PATCH /v1/api-keys/{id}: what changes, and what a session may only after signing in again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, revoke_key
from tests.api.account.callers import Call, calling
from tests.api.answers import as_json, check_error, check_success, details_of
from tests.cases import cases
from tests.fixtures import age_sign_in

Key = tuple[APIKey, str]
AGAIN = "Sign in again to do this"
TAKEN = "Name is already used by another live key. Choose a different one."
PAST = "Expiry is in the past. Choose a later moment."
NEAR, FAR = datetime(2126, 1, 1, tzinfo=UTC), datetime(2127, 1, 1, tzinfo=UTC)


@pytest.fixture
def aged_session(session: Call, alice_browser: Client) -> Call:
    """Alice, who signed in too long ago for a key that can do more."""
    age_sign_in(alice_browser, 15 * 60)
    return session


def make(user: User, permission: str = "read-only", expires_at: datetime | None = None) -> APIKey:
    return create_key(user, name="Backup", permission=permission, expires_at=expires_at)[0]


def row_of(key: APIKey) -> tuple[str, str, datetime | None]:
    return APIKey.objects.values_list("name", "permission", "expires_at").get(pk=key.pk)


def change(call: Call, key: APIKey, **body: Any) -> Any:
    return call("PATCH", f"/v1/api-keys/{key.uid}", json=body)


def test_what_is_given_changes_and_the_answer_is_the_key_as_it_is_now(anyone: Call) -> None:
    made = check_success(
        anyone("POST", "/v1/api-keys", json={"name": "Backup", "permission": "read-only"}), 201
    )
    key = APIKey.objects.get(uid=made["id"])
    for body, expected in (
        ({"name": "  Deploy  "}, ("Deploy", "read-only", None)),
        ({"permission": "read-write"}, ("Deploy", "read-write", None)),
        ({"expiresAt": "2126-01-01T02:00:00+02:00"}, ("Deploy", "read-write", NEAR)),
        ({"name": "CI", "permission": "read-only", "expiresAt": None}, ("CI", "read-only", None)),
        ({}, ("CI", "read-only", None)),
    ):
        data = check_success(change(anyone, key, **body))
        assert row_of(key) == expected
        assert data == check_success(anyone("GET", f"/v1/api-keys/{key.uid}"))
        assert "key" not in data


def test_a_key_is_changed_by_each_of_its_names(session: Call, read_only: Key) -> None:
    key, raw_key = read_only
    for number, name in enumerate((key.uid, raw_key[10:22], raw_key[:22])):
        body = {"name": f"Name {number}"}
        assert check_success(session("PATCH", f"/v1/api-keys/{name}", json=body))["id"] == key.uid
        assert row_of(key)[0] == f"Name {number}"


def test_a_changed_permission_counts_from_the_next_call_on(session: Call, read_only: Key) -> None:
    key, raw_key = read_only
    call = calling(Client(), raw_key)
    check_error(call("POST", "/v1/projects", json={"name": "Harbour"}), 403)
    change(session, key, permission="read-write")
    check_success(call("POST", "/v1/projects", json={"name": "Harbour"}), 201)
    change(session, key, permission="read-only")
    check_error(call("POST", "/v1/projects", json={"name": "Harbour"}), 403)


def test_what_changed_is_in_the_security_log_once_and_nothing_is_when_nothing_did(
    session: Call, alice: User
) -> None:
    key = make(alice, expires_at=FAR)
    for body in ({}, {"name": "Backup"}, {"permission": "read-only", "expiresAt": FAR.isoformat()}):
        check_success(change(session, key, **body))
    assert not Activity.objects.filter(event="key_changed").exists()
    sent = {"name": "CI", "permission": "read-write", "expiresAt": None}
    session("PATCH", f"/v1/api-keys/{key.uid}", json=sent, REMOTE_ADDR="203.0.113.7")
    line = Activity.objects.get(event="key_changed")
    assert (line.user, line.ip, line.credential) == (alice, "203.0.113.7", key.uid)
    assert line.details == {
        "name": "CI",
        "changed": {
            "name": ["Backup", "CI"],
            "permission": ["read-only", "read-write"],
            "expiry": ["2127-01-01 00:00 UTC", "never"],
        },
    }


NEEDS = [  # before: permission, expiry; what is asked; whether it takes a recent sign-in
    ("read-only", None, {"permission": "read-write"}, True),
    ("read-write", None, {"permission": "read-only"}, False),
    ("read-only", NEAR, {"expiresAt": FAR.isoformat()}, True),
    ("read-only", NEAR, {"expiresAt": None}, True),
    ("read-only", FAR, {"expiresAt": NEAR.isoformat()}, False),
    ("read-only", None, {"expiresAt": NEAR.isoformat()}, False),
    ("read-only", NEAR, {"expiresAt": NEAR.isoformat()}, False),
    ("read-only", None, {"name": "Renamed"}, False),
    ("read-only", NEAR, {"name": "Renamed", "permission": "read-write"}, True),
    ("read-write", NEAR, {"permission": "read-only", "expiresAt": FAR.isoformat()}, True),
    ("read-only", FAR, {"permission": "read-write", "expiresAt": NEAR.isoformat()}, True),
]


@cases(("permission", "expires_at", "body", "needs"), NEEDS)
def test_only_widening_or_extending_a_key_takes_a_session_that_signed_in_lately(
    aged_session: Call,
    alice: User,
    permission: str,
    expires_at: datetime | None,
    body: dict[str, Any],
    needs: bool,
) -> None:
    key = make(alice, permission, expires_at)
    before = row_of(key)
    response = change(aged_session, key, **body)
    if needs:
        check_error(response, 403, AGAIN)
        assert row_of(key) == before
        assert not Activity.objects.filter(event="key_changed").exists()
    else:
        check_success(response)


def test_an_expired_key_comes_back_by_a_later_expiry_which_takes_a_recent_sign_in(
    session: Call, alice_browser: Client, alice: User
) -> None:
    key = make(alice)
    APIKey.objects.update(expires_at=timezone.now() - timedelta(days=1))
    age_sign_in(alice_browser, 15 * 60)
    check_error(change(session, key, expiresAt=FAR.isoformat()), 403, AGAIN)
    age_sign_in(alice_browser, 14 * 60)
    assert check_success(change(session, key, expiresAt=FAR.isoformat()))["state"] == "active"


def test_an_app_with_admin_needs_nobody_to_sign_in_again(
    admin: Call, alice: User, alice_browser: Client
) -> None:
    made = check_success(
        admin(
            "POST",
            "/v1/api-keys",
            json={"name": "CI", "permission": "read-only", "expiresAt": str(NEAR.isoformat())},
        ),
        201,
    )
    age_sign_in(alice_browser, 86_400)
    body = {"permission": "read-write", "expiresAt": None}
    check_success(admin("PATCH", f"/v1/api-keys/{made['id']}", json=body))


NO_OBJECTS: list[Any] = [[], "name", 1, None]
BAD: list[tuple[Any, dict[str, list[str]] | set[str]]] = [
    ({"name": "Taken"}, {"name": [TAKEN]}),
    ({"name": "TAKEN"}, {"name": [TAKEN]}),
    ({"name": ""}, {"name": ["Name is empty. Enter at least one character."]}),
    ({"name": "a\u202eb"}, {"name"}),
    ({"name": None}, {"name": ["This field may not be null."]}),
    ({"permission": None}, {"permission": ["This field may not be null."]}),
    ({"permission": "admin"}, {"permission": ["Permission must be read-only or read-write."]}),
    ({"permission": 1}, {"permission": ["This must be a string."]}),
    ({"expiresAt": "2020-01-01T00:00:00Z"}, {"expiresAt": [PAST]}),
    ({"expiresAt": "tomorrow"}, {"expiresAt": ["This must be a moment such as 2027-02-22T10:00:00Z."]}),
    ({"name": "New", "expiresAt": "2020-01-01T00:00:00Z"}, {"expiresAt": [PAST]}),
    *(({name: "x"}, {name: ["Unknown field."]}) for name in ("id", "key", "state", "publicId", "expires_at")),
    *(({name: "x"}, {name: ["Unknown field."]}) for name in ("may_widen", "made_by", "deleted_at", "user")),
    ({"name": 1, "x": 2}, {"name", "x"}),
    *((value, {"body": ["The body must be a JSON object."]}) for value in NO_OBJECTS),
]


@pytest.mark.matrix  # odd input
def test_a_bad_body_is_400_with_every_reason_and_changes_nothing(session: Call, alice: User) -> None:
    create_key(alice, name="Taken", permission="read-only")
    key = make(alice, expires_at=NEAR)
    before = row_of(key)
    for body, details in BAD:
        told = details_of(session("PATCH", f"/v1/api-keys/{key.uid}", **as_json(body)))
        assert details in (told, set(told)), body
    told = details_of(session("PATCH", f"/v1/api-keys/{key.uid}?x=1", json={"name": "New"}))
    assert told == {"x": ["Unknown parameter."]}
    assert row_of(key) == before
    assert not Activity.objects.filter(event="key_changed").exists()


def test_a_key_may_be_respelt_and_take_the_name_of_an_ended_one(session: Call, alice: User) -> None:
    key = make(alice)
    check_success(change(session, key, name="BACKUP"))
    delete_key(create_key(alice, name="Reports", permission="read-only")[0])
    assert check_success(change(session, key, name="Reports"))["name"] == "Reports"


@pytest.mark.matrix  # each end
@pytest.mark.parametrize("body", [{}, {"name": "New"}, {"permission": "read-write"}])
def test_an_ended_key_cannot_be_changed(aged_session: Call, alice: User, body: dict[str, Any]) -> None:
    key = make(alice)
    delete_key(key)
    check_error(change(aged_session, key, **body), 409, "This key is deleted already")
    revoke_key(key, reason="leaked", by="staff")
    check_error(change(aged_session, key, **body), 409, "This key was revoked already")
    assert row_of(key) == ("Backup", "read-only", None)


def test_a_key_that_ended_too_long_ago_is_404(session: Call, alice: User) -> None:
    key = make(alice)
    APIKey.objects.update(deleted_at=timezone.now() - timedelta(days=7, seconds=1))
    check_error(change(session, key, name="New"), 404, "There is no such key")
