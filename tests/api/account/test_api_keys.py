"""GET /v1/api-keys and /v1/api-keys/{id}: what the owner sees of their keys."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from apikeys import usage
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, revoke_key
from tests.api.account.callers import Call, calling
from tests.api.answers import FORBIDDEN, check_error, check_success, details_of
from tests.cases import cases

MADE = datetime(2026, 11, 24, 9, 58, 4, 120_987, tzinfo=UTC)
SORTS = "This must be one of: createdAt, name, lastUsedAt."
STATES = "This must be one of: active, disabled, expired, deleted, revoked."


def make(user: User, name: str, **values: Any) -> APIKey:
    key, _ = create_key(user, name=name, permission="read-only")
    APIKey.objects.filter(pk=key.pk).update(**values)
    return key


def names(call: Call, query: str = "") -> list[str]:
    return [row["name"] for row in check_success(call("GET", f"/v1/api-keys{query}"))]


@pytest.fixture
def in_every_state(alice: User, bob: User) -> None:
    """Alice's keys, named by their state; two that ended too long ago to be seen; and one of Bob's."""
    past, long_ago = timezone.now() - timedelta(days=1), timezone.now() - timedelta(days=7, seconds=1)
    make(alice, "active")
    make(alice, "active, expires", expires_at=timezone.now() + timedelta(days=1))
    make(alice, "expired", expires_at=past)
    delete_key(make(alice, "deleted"))
    delete_key(make(alice, "deleted, expired", expires_at=past))
    revoke_key(make(alice, "revoked"), reason="leaked", by="staff")
    revoke_key(make(alice, "revoked, deleted", deleted_at=past), reason="leaked", by="staff")
    make(alice, "deleted long ago", deleted_at=long_ago)
    make(alice, "revoked long ago", revoked_at=long_ago)
    make(bob, "Bob's")


def test_without_keys_the_list_is_empty(anyone: Call) -> None:
    response = anyone("GET", "/v1/api-keys")
    assert check_success(response) == []
    assert response.json()["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 0,
        "totalPages": 0,
        "hasMore": False,
    }


def test_a_list_and_a_key_of_it_say_all_but_the_secret(anyone: Call, alice: User) -> None:
    key, raw_key = create_key(alice, name="Deploy from CI", permission="read-write")
    APIKey.objects.update(
        created_at=MADE,
        expires_at=MADE + timedelta(days=36_500),
        last_used_at=MADE + timedelta(hours=1),
        last_used_ip="203.0.113.7",
    )
    row = {
        "id": key.uid,
        "publicId": raw_key[10:22],
        "name": "Deploy from CI",
        "permission": "read-write",
        "state": "active",
        "createdAt": "2026-11-24T09:58:04.120Z",
        "expiresAt": "2126-10-31T09:58:04.120Z",
        "lastUsedAt": "2026-11-24T10:58:04.120Z",
        "lastUsedFrom": "203.0.113.7",
        "disabledUntil": None,
        "rotation": None,
    }
    listed, shown = anyone("GET", "/v1/api-keys"), anyone("GET", f"/v1/api-keys/{key.uid}")
    assert check_success(listed) == [row]
    assert list(check_success(shown).items()) == list(row.items())
    for response in (listed, shown):
        assert raw_key[23:] not in response.content.decode()


def test_what_never_was_and_never_will_be_is_null(session: Call, alice: User) -> None:
    row = check_success(session("GET", f"/v1/api-keys/{make(alice, 'Reports').uid}"))
    for name in ("expiresAt", "lastUsedAt", "lastUsedFrom", "disabledUntil", "rotation"):
        assert row[name] is None, name


def test_the_last_use_is_told_once_it_is_written(session: Call, alice: User) -> None:
    key, raw_key = create_key(alice, name="Reports", permission="read-only")
    before = timezone.now()
    for address, path in (
        ("203.0.113.7", "/v1/api-keys"),
        ("2001:db8::7", f"/v1/api-keys/{key.uid}"),
        ("203.0.113.9", "/v1/api-keys"),
    ):
        calling(Client(), raw_key)("GET", "/v1/me", REMOTE_ADDR=address)
        usage.flush()
        data = check_success(session("GET", path))
        row = data[0] if isinstance(data, list) else data
        assert row["lastUsedFrom"] == address
        assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(row["lastUsedAt"])


@pytest.mark.usefixtures("in_every_state")
@cases(
    ("query", "expected"),
    [
        ("", {"active", "active, expires", "expired"}),  # the live ones
        ("?state=active", {"active", "active, expires"}),
        ("?state=expired", {"expired"}),
        ("?state=deleted", {"deleted", "deleted, expired"}),
        ("?state=revoked", {"revoked", "revoked, deleted"}),
        ("?state=disabled", set()),
    ],
)
def test_a_list_has_the_callers_keys_that_are_live_or_in_the_asked_state(
    session: Call, query: str, expected: set[str]
) -> None:
    rows = check_success(session("GET", f"/v1/api-keys{query}"))
    assert {row["name"] for row in rows} == expected
    assert all(row["state"] == row["name"].partition(",")[0] for row in rows)


def test_a_list_is_sorted_and_cut_into_pages_as_asked(session: Call, alice: User) -> None:
    for number, (name, used) in enumerate([("b", 30), ("c", 10), ("a", 20)]):
        later = {"created_at": MADE + timedelta(hours=number), "last_used_at": MADE + timedelta(hours=used)}
        make(alice, name, **later)
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
        assert "".join(names(session, query)) == expected, query
    assert session("GET", "/v1/api-keys?limit=2&page=1").json()["pagination"] == {
        "page": 1,
        "limit": 2,
        "total": 3,
        "totalPages": 2,
        "hasMore": True,
    }


@pytest.mark.matrix  # what is rare
def test_keys_that_sort_alike_come_in_the_order_in_which_they_were_made(session: Call, alice: User) -> None:
    for name in "abcde":
        make(alice, name, created_at=MADE, last_used_at=MADE)
    for sort in ("createdAt", "lastUsedAt"):
        pages = [names(session, f"?sort={sort}&order=asc&limit=2&page={page}") for page in (1, 2, 3)]
        assert pages == [["a", "b"], ["c", "d"], ["e"]]
        assert names(session, f"?sort={sort}") == list("edcba")


def test_a_parameter_that_a_list_does_not_know_is_400_with_its_reason(session: Call) -> None:
    for query, details in (
        ("state=", {"state": [STATES]}),
        ("state=live", {"state": [STATES]}),
        ("state=active&state=expired", {"state": ["Give this once."]}),
        ("sort=created_at", {"sort": [SORTS]}),
        ("sort=permission", {"sort": [SORTS]}),
        ("order=down", {"order": ["This must be one of: asc, desc."]}),
        ("page=0", {"page": ["This must be a whole number from 1."]}),
        ("limit=101", {"limit": ["This must be a whole number from 1 to 100."]}),
        ("permission=read-only", {"permission": ["Unknown parameter."]}),
        ("user__email=a", {"user__email": ["Unknown parameter."]}),
    ):
        assert details_of(session("GET", f"/v1/api-keys?{query}")) == details


def test_a_key_is_found_by_each_of_its_three_names(anyone: Call, alice: User) -> None:
    key, raw_key = create_key(alice, name="Reports", permission="read-only")
    for name in (key.uid, raw_key[10:22], raw_key[:22]):
        assert check_success(anyone("GET", f"/v1/api-keys/{name}"))["id"] == key.uid


def test_another_name_is_404_and_a_whole_key_is_none(session: Call, alice: User) -> None:
    key, raw_key = create_key(alice, name="Reports", permission="read-only")
    assert re.fullmatch(r"key_\w{16,}", key.uid)
    for name in (
        *("key_0", "0" * 12, "craft_key_" + "0" * 12, raw_key, key.uid[4:], key.uid.upper(), str(key.pk)),
        *("key_%00", "%20", "x" * 5000, "craft_oat_" + raw_key[10:22], "key_" + "0" * 41, "Reports"),
    ):
        check_error(session("GET", f"/v1/api-keys/{name}"), 404, "There is no such key")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_persons_key_is_403_by_each_of_its_names_and_nothing_happens(
    bobs_session: Call, alice: User, method: str
) -> None:
    key, raw_key = create_key(alice, name="Reports", permission="read-only")
    for name in (key.uid, raw_key[10:22], raw_key[:22]):
        body = {"json": {"name": "Mine"}} if method == "PATCH" else {}
        response = bobs_session(method, f"/v1/api-keys/{name}", **body)
        check_error(response, 403)
        assert response.json() == FORBIDDEN
    assert APIKey.objects.values_list("name", "deleted_at").get() == ("Reports", None)


@pytest.mark.usefixtures("in_every_state")
def test_an_ended_key_is_shown_for_seven_days_and_then_there_is_none(session: Call) -> None:
    for key in APIKey.objects.exclude(name="Bob's"):
        response = session("GET", f"/v1/api-keys/{key.uid}")
        if key.name.endswith("long ago"):
            check_error(response, 404, "There is no such key")
        else:
            assert check_success(response)["state"] == key.name.partition(",")[0]


def test_one_key_takes_no_parameters(session: Call, alice: User) -> None:
    path = f"/v1/api-keys/{make(alice, 'Reports').uid}"
    assert details_of(session("GET", f"{path}?page=1&x=2")) == {
        "page": ["Unknown parameter."],
        "x": ["Unknown parameter."],
    }


@pytest.mark.matrix  # what it costs
def test_a_list_costs_as_many_queries_as_a_key_alone_and_one_for_the_count(
    session: Call, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [make(alice, f"Key {number}") for number in range(25)]
    with django_assert_num_queries(4):  # session with person, count, keys, secrets
        assert len(check_success(session("GET", "/v1/api-keys"))) == 20
    with django_assert_num_queries(3):
        check_success(session("GET", f"/v1/api-keys/{keys[0].uid}"))
