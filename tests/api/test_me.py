"""GET and PATCH /v1/me."""

from typing import Any

import pytest

from accounts.models import Activity, User
from apikeys.models import APIKey
from tests.api.answers import as_json, check_error, check_success, details_of
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]


def test_signed_out_it_is_401(api: API, db: None) -> None:
    for method in ("GET", "HEAD", "PATCH"):
        assert api(method, "/v1/me").status_code == 401


def test_it_gives_id_email_and_name_of_the_keys_user_and_nothing_else(
    api: API, alice: User, bob: User, read_only: Key
) -> None:
    data = check_success(api("GET", "/v1/me", read_only[1]))
    assert list(data.items()) == [("id", alice.uid), ("email", "alice@example.com"), ("name", "Alice Owner")]


NAMES = [
    ("Alice", "Alice"),
    ("  Alice B  ", "Alice B"),
    ("x" * 100, "x" * 100),
    ("Zoë 田中 \U0001f469\u200d\U0001f680", "Zoë 田中 \U0001f469\u200d\U0001f680"),
    ("1", "1"),
]


@cases(("given", "stored"), NAMES)
def test_the_name_can_be_changed_and_the_change_is_logged(
    api: API, alice: User, read_write: Key, given: str, stored: str
) -> None:
    data = check_success(api("PATCH", "/v1/me", read_write[1], json={"name": given}))
    assert data == {"id": alice.uid, "email": "alice@example.com", "name": stored}
    alice.refresh_from_db()
    assert alice.name == stored
    line = Activity.objects.get(event="profile_changed")
    assert (line.user, line.ip) == (alice, "127.0.0.1")
    assert line.details == {"changed": {"name": ["Alice Owner", stored]}}


@pytest.mark.parametrize("sent", [{"json": {}}, {}, {"json": {"name": "Alice Owner"}}])
def test_a_change_of_nothing_is_fine_and_not_logged(api: API, read_write: Key, sent: dict[str, Any]) -> None:
    assert check_success(api("PATCH", "/v1/me", read_write[1], **sent))["name"] == "Alice Owner"
    assert not Activity.objects.filter(event="profile_changed").exists()


BAD: list[tuple[Any, str]] = [
    *(({"name": value}, "name") for value in ("", "   ", "x" * 101, "x" * 10_000)),
    *(({"name": value}, "name") for value in ("a\x00b", "a\u202eb", "a\nb", "\u200d", "\U0010ffff")),
    *(({"name": value}, "name") for value in (None, 1, True, 1.5, [], {}, ["Alice"], {"a": 1})),
    *(({name: "x"}, name) for name in ("id", "uid", "email", "plan", "password", "isStaff", "is_staff", "")),
    ({"name": "Good", "plan": "enterprise"}, "plan"),
    *((value, "body") for value in ([], [{"name": "x"}], "name", 1, None, True)),
]


@pytest.mark.matrix
@cases(("body", "field"), BAD)
def test_a_bad_body_is_400_and_changes_nothing(
    api: API, alice: User, read_write: Key, body: Any, field: str
) -> None:
    before = User.objects.filter(pk=alice.pk).values().get()
    response = api("PATCH", "/v1/me", read_write[1], **as_json(body))
    assert set(details_of(response)) == {field}
    assert User.objects.filter(pk=alice.pk).values().get() == before


def test_nobody_changes_another_person(api: API, bob: User, read_write: Key) -> None:
    check_success(api("PATCH", "/v1/me", read_write[1], json={"name": "Mallory"}))
    check_error(api("PATCH", f"/v1/me/{bob.uid}", read_write[1], json={"name": "Mallory"}), 404)
    bob.refresh_from_db()
    assert bob.name == "Bob Stranger"
