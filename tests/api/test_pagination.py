"""List parameters, as every list of the API takes them: tried on /v1/projects."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import check_success, details_of
from tests.cases import cases
from tests.fixtures import API

pytestmark = pytest.mark.database
Key = tuple[APIKey, str]
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def names(alice: User, bob: User) -> None:
    """25 of Alice's, p00 to p24, each an hour after the one before; every fifth archived; and Bob's."""
    Project.objects.bulk_create(
        Project(
            owner=alice,
            name=f"p{n:02}",
            status="active" if n % 5 else "archived",
            created_at=START + timedelta(hours=n),
            updated_at=START - timedelta(hours=n),
        )
        for n in range(25)
    )
    Project.objects.create(owner=bob, name="Bob's")


def listed(api: API, key: Key, **query: Any) -> tuple[list[str], dict[str, Any]]:
    response = api("GET", f"/v1/projects?{urlencode(query)}", key[1])
    names = [row["name"] for row in check_success(response)]
    pagination: dict[str, Any] = response.json()["pagination"]
    assert list(pagination) == ["page", "limit", "total", "totalPages", "hasMore"]
    return names, pagination


def numbered(first: int, last: int) -> list[str]:
    """From `first` to `last`, both included, in either direction."""
    step = 1 if first <= last else -1
    return [f"p{n:02}" for n in range(first, last + step, step)]


PAGES: list[tuple[dict[str, Any], list[str], tuple[int, int, int, int, bool]]] = [
    ({}, numbered(24, 5), (1, 20, 25, 2, True)),
    ({"page": 2}, numbered(4, 0), (2, 20, 25, 2, False)),
    ({"page": 3}, [], (3, 20, 25, 2, False)),
    ({"page": 999999999, "limit": 100}, [], (999999999, 100, 25, 1, False)),
    ({"limit": 100}, numbered(24, 0), (1, 100, 25, 1, False)),
    ({"limit": 25}, numbered(24, 0), (1, 25, 25, 1, False)),
    ({"limit": 24}, numbered(24, 1), (1, 24, 25, 2, True)),
    ({"limit": 1, "page": 25}, ["p00"], (25, 1, 25, 25, False)),
    ({"limit": 5, "page": "05"}, numbered(4, 0), (5, 5, 25, 5, False)),
    ({"sort": "name", "order": "asc", "limit": 3}, numbered(0, 2), (1, 3, 25, 9, True)),
    ({"sort": "name", "limit": 3}, numbered(24, 22), (1, 3, 25, 9, True)),
    ({"sort": "updatedAt", "limit": 2}, numbered(0, 1), (1, 2, 25, 13, True)),
    ({"order": "asc", "limit": 2}, numbered(0, 1), (1, 2, 25, 13, True)),
    ({"status": "archived"}, ["p20", "p15", "p10", "p05", "p00"], (1, 20, 5, 1, False)),
    ({"status": "active", "page": 2}, [], (2, 20, 20, 1, False)),
]


@pytest.mark.matrix
@cases(("query", "expected", "counts"), PAGES)
@pytest.mark.usefixtures("names")
def test_a_list_gives_the_asked_page_and_says_where_it_is(
    api: API, read_only: Key, query: dict[str, Any], expected: list[str], counts: tuple[object, ...]
) -> None:
    names, pagination = listed(api, read_only, **query)
    assert names == expected
    assert tuple(pagination.values()) == counts


def test_an_empty_list_has_no_pages(api: API, read_only: Key) -> None:
    names, pagination = listed(api, read_only)
    assert names == []
    assert pagination == {"page": 1, "limit": 20, "total": 0, "totalPages": 0, "hasMore": False}


@pytest.mark.matrix  # many rows
@cases("order", ["asc", "desc"])
@cases("sort", ["name", "createdAt", "updatedAt"])
def test_equal_rows_come_in_the_order_of_their_ids_so_that_pages_neither_repeat_nor_skip(
    api: API, alice: User, read_only: Key, sort: str, order: str
) -> None:
    made = Project.objects.bulk_create(
        Project(owner=alice, name="same", created_at=START, updated_at=START) for _ in range(7)
    )
    seen: list[str] = []
    for page in (1, 2, 3):
        response = api("GET", f"/v1/projects?sort={sort}&order={order}&limit=3&page={page}", read_only[1])
        seen += [row["id"] for row in check_success(response)]
    uids = [project.uid for project in made]
    assert seen == (uids if order == "asc" else uids[::-1])


WHOLE = "This must be a whole number from 1"
SORTS = "This must be one of: name, createdAt, updatedAt."
ORDERS = "This must be one of: asc, desc."
STATUSES = "This must be one of: active, archived."
BAD_VALUES = [
    ("page", f"{WHOLE}.", ["0", "-1", "", "x", "1.5", "1e3", "%00", "\u0663", "+1", "%201", "1%20", "1%0a"]),
    ("page", f"{WHOLE}.", ["9" * 10, "9" * 5000]),
    ("limit", f"{WHOLE} to 100.", ["0", "101", "1000", "-5", "", "all"]),
    ("sort", SORTS, ["nonsense", "", "owner", "created_at", "-name", "%00"]),
    ("order", ORDERS, ["", "ASC", "up", "%ff"]),
    ("status", STATUSES, ["", "Active", "x"]),
]
BAD: list[tuple[str, dict[str, list[str]]]] = [
    *((f"{name}={value}", {name: [reason]}) for name, reason, values in BAD_VALUES for value in values),
    ("page=1&page=2", {"page": ["Give this once."]}),
    ("status=active&status=archived", {"status": ["Give this once."]}),
    ("x=1", {"x": ["Unknown parameter."]}),
    ("status__in=active", {"status__in": ["Unknown parameter."]}),
    ("owner__password__startswith=a", {"owner__password__startswith": ["Unknown parameter."]}),
    ("Page=1", {"Page": ["Unknown parameter."]}),
    ("%00=1", {"\x00": ["Unknown parameter."]}),
    ("page=0&limit=1000&sort=x&y=1", {}),
]


@pytest.mark.matrix
@cases(("query", "details"), BAD)
def test_a_bad_parameter_is_400_and_told_with_its_reason(
    api: API, read_only: Key, query: str, details: dict[str, list[str]]
) -> None:
    told = details_of(api("GET", f"/v1/projects?{query}", read_only[1]))
    assert told == details or (not details and set(told) == {"page", "limit", "sort", "y"})
