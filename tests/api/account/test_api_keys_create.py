"""POST /v1/api-keys."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key
from tests.api.account.callers import Call, calling
from tests.api.answers import as_json, check_error, check_success, details_of
from tests.cases import cases
from tests.fixtures import age_sign_in

NEW = {"name": "Deploy from CI", "permission": "read-write"}
AGAIN = "Sign in again to do this"
TAKEN = "Name is already used by another live key. Choose a different one."
TOO_MANY = "You have 50 live keys, which is the most. Delete one that is not used any more."
PERMISSIONS = "Permission must be read-only or read-write."
MOMENT = "This must be a moment such as 2027-02-22T10:00:00Z."


def soon(**delta: int) -> str:
    return (timezone.now() + timedelta(**delta)).isoformat()


def test_a_new_key_is_shown_with_its_secret_and_says_where_it_is(anyone: Call, alice: User) -> None:
    before = timezone.now()
    response = anyone("POST", "/v1/api-keys", json=NEW)
    data = check_success(response, 201)
    key = APIKey.objects.get()
    assert list(data) == [
        *("id", "publicId", "name", "permission", "state", "createdAt", "expiresAt"),
        *("lastUsedAt", "lastUsedFrom", "disabledUntil", "rotation", "key"),
    ]
    raw_key, made = data.pop("key"), datetime.fromisoformat(data.pop("createdAt"))
    assert before - timedelta(milliseconds=1) <= made <= timezone.now()
    assert data == {
        "id": key.uid,
        "publicId": raw_key[10:22],
        "name": "Deploy from CI",
        "permission": "read-write",
        "state": "active",
        "expiresAt": None,
        "lastUsedAt": None,
        "lastUsedFrom": None,
        "disabledUntil": None,
        "rotation": None,
    }
    assert response["Location"] == f"/v1/api-keys/{key.uid}"
    assert check_success(anyone("GET", response["Location"]))["name"] == "Deploy from CI"
    assert key.user == alice


@pytest.mark.parametrize(
    ("permission", "scopes"), [("read-only", ["read"]), ("read-write", ["read", "write", "delete"])]
)
def test_the_secret_works_at_once_with_the_chosen_permission(
    session: Call, alice: User, permission: str, scopes: list[str]
) -> None:
    made = check_success(session("POST", "/v1/api-keys", json={**NEW, "permission": permission}), 201)
    call = calling(Client(), made["key"])
    assert check_success(call("GET", "/v1/me"))["id"] == alice.uid
    assert check_success(call("GET", "/v1/auth"))["scopes"] == scopes


def test_a_new_key_is_in_the_security_log_without_its_secret(session: Call, alice: User) -> None:
    made = check_success(
        session("POST", "/v1/api-keys", json=NEW, REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="curl/8.5"), 201
    )
    line = Activity.objects.get(event="key_created")
    assert (line.user, line.credential, line.ip, line.user_agent) == (
        *(alice, made["id"]),
        *("203.0.113.7", "curl/8.5"),
    )
    assert line.details == {"name": "Deploy from CI", "permission": "read-write"}


EXPIRIES = [
    ("2126-11-24T10:00:00Z", "2126-11-24T10:00:00.000Z"),
    ("2126-11-24T10:00:00.123456+02:00", "2126-11-24T08:00:00.123Z"),
    ("2126-11-24t10:00:00Z", "2126-11-24T10:00:00.000Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
    (None, None),
]


@cases(("given", "told"), EXPIRIES)
def test_a_key_lives_until_the_given_moment_or_for_ever(
    session: Call, given: str | None, told: str | None
) -> None:
    made = check_success(session("POST", "/v1/api-keys", json={**NEW, "expiresAt": given}), 201)
    assert made["expiresAt"] == told
    assert check_success(session("GET", f"/v1/api-keys/{made['id']}"))["expiresAt"] == told


def test_a_name_is_trimmed_and_may_have_a_hundred_characters_of_any_script(session: Call) -> None:
    for given, stored in (("  CI  ", "CI"), ("x" * 100, "x" * 100), ("Zoë 田中 🚀", "Zoë 田中 🚀")):
        made = check_success(session("POST", "/v1/api-keys", json={**NEW, "name": given}), 201)
        assert made["name"] == stored


NO_OBJECTS: list[Any] = [[NEW], [], "name", 1, None, True]
NO_STRINGS: list[Any] = [1, True, [], {}, ["read-only"]]
NO_MOMENTS: list[Any] = [
    *("", "tomorrow", "2126-11-24", "2126-11-24T10:00:00", "2126-11-24 10:00Z", "2126-13-01T10:00:00Z"),
    *("0001-01-01T00:00:00+14:00", 1, 4_947_652_800, True, [], {}),
]
BAD: list[tuple[Any, dict[str, list[str]] | set[str]]] = [
    ({}, {"name": ["This field is required."], "permission": ["This field is required."]}),
    ({"name": "CI"}, {"permission": ["This field is required."]}),
    ({**NEW, "name": ""}, {"name": ["Name is empty. Enter at least one character."]}),
    ({**NEW, "name": "x" * 101}, {"name": ["Name has 101 characters. Use at most 100."]}),
    *(({**NEW, "name": name}, {"name"}) for name in ("a\x00b", "a\u202eb", "a\nb", "\u200d")),
    *(({**NEW, "name": name}, {"name": ["This must be a string."]}) for name in NO_STRINGS),
    ({**NEW, "name": None}, {"name": ["This field may not be null."]}),
    *(({**NEW, "permission": p}, {"permission": [PERMISSIONS]}) for p in ("", "admin", "Read-only", "read")),
    *(({**NEW, "permission": p}, {"permission": ["This must be a string."]}) for p in NO_STRINGS),
    *(({**NEW, "expiresAt": moment}, {"expiresAt": [MOMENT]}) for moment in NO_MOMENTS),
    (
        {**NEW, "expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": ["Expiry is in the past. Choose a later moment."]},
    ),
    *(({**NEW, name: "x"}, {name: ["Unknown field."]}) for name in ("id", "key", "state", "expires_at", "")),
    *(({**NEW, name: "x"}, {name: ["Unknown field."]}) for name in ("made_by", "madeBy", "user", "form_id")),
    ({"name": 1, "permission": 2, "x": 3}, {"name", "permission", "x"}),
    *((value, {"body": ["The body must be a JSON object."]}) for value in NO_OBJECTS),
]


@pytest.mark.matrix  # odd input
def test_a_bad_body_is_400_with_every_reason_and_makes_nothing(alice_browser: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(plan="internal")  # which has no rate limit
    call = calling(alice_browser)
    for body, details in BAD:
        told = details_of(call("POST", "/v1/api-keys", **as_json(body)))
        assert details in (told, set(told)), body
    assert details_of(call("POST", "/v1/api-keys?x=1", json=NEW)) == {"x": ["Unknown parameter."]}
    assert not APIKey.objects.exists()
    assert not Activity.objects.filter(event="key_created").exists()


def test_no_body_at_all_is_an_empty_one(session: Call) -> None:
    assert set(details_of(session("POST", "/v1/api-keys"))) == {"name", "permission"}


@cases("name", ["Reports", "REPORTS", " reports ", "\uff32eports"])
def test_a_name_that_another_live_key_has_is_refused(session: Call, alice: User, name: str) -> None:
    create_key(alice, name="Reports", permission="read-only")
    assert details_of(session("POST", "/v1/api-keys", json={**NEW, "name": name})) == {"name": [TAKEN]}
    assert APIKey.objects.count() == 1


def test_a_name_of_another_person_or_of_an_ended_key_is_free(session: Call, alice: User, bob: User) -> None:
    create_key(bob, name="Reports", permission="read-only")
    delete_key(create_key(alice, name="Reports", permission="read-only")[0])
    check_success(session("POST", "/v1/api-keys", json={**NEW, "name": "Reports"}), 201)


@pytest.mark.matrix  # as many as there may be
def test_the_51st_live_key_is_a_conflict(session: Call, alice: User) -> None:
    keys = [create_key(alice, name=f"Key {number}", permission="read-only")[0] for number in range(50)]
    APIKey.objects.filter(pk=keys[0].pk).update(expires_at=timezone.now())  # which can come back
    check_error(session("POST", "/v1/api-keys", json=NEW), 409, TOO_MANY)
    delete_key(keys[1])
    check_success(session("POST", "/v1/api-keys", json=NEW), 201)


@pytest.mark.parametrize("body", [NEW, {}, {**NEW, "permission": "read-only", "expiresAt": soon(days=1)}])
def test_a_session_that_signed_in_long_ago_makes_no_key(alice_browser: Client, body: Any) -> None:
    call = calling(alice_browser)
    age_sign_in(alice_browser, 15 * 60)
    check_error(call("POST", "/v1/api-keys", json=body), 403, AGAIN)
    assert not APIKey.objects.exists()
    age_sign_in(alice_browser, 14 * 60)
    check_success(call("POST", "/v1/api-keys", json=NEW), 201)


def test_an_app_with_admin_makes_a_key_however_long_ago_the_person_signed_in(
    admin: Call, alice_browser: Client
) -> None:
    age_sign_in(alice_browser, 86_400)
    check_success(admin("POST", "/v1/api-keys", json=NEW), 201)
