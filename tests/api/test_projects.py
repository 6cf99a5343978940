"""/v1/projects and /v1/projects/{id}: what they do for their owner, and for nobody else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.api.answers import FORBIDDEN, as_json, check_error, check_success
from tests.cases import cases
from tests.fixtures import API

pytestmark = pytest.mark.database
Key = tuple[APIKey, str]
FIELDS = ["id", "name", "description", "status", "template", "previewUrl", "settings", "stats"]
FIELDS += ["createdAt", "updatedAt"]
UNKNOWN = "/v1/projects/proj_0000000000000000"


@pytest.fixture
def project(alice: User) -> Project:
    return Project.objects.create(owner=alice, name="Harbour", description="Boats", template="shop")


@pytest.fixture
def bobs_key(bob: User) -> str:
    return create_key(bob, name="Bob's", permission="read-write")[1]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/projects"), ("POST", "/v1/projects")])
def test_signed_out_the_list_is_401(api: API, method: str, path: str) -> None:
    check_error(api(method, path), 401)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_signed_out_a_project_is_401(api: API, project: Project, method: str) -> None:
    check_error(api(method, f"/v1/projects/{project.uid}"), 401)
    check_error(api(method, UNKNOWN), 401)


def test_a_new_project_needs_only_a_name(api: API, alice: User, read_write: Key) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 9, 58, 4, 120_999, tzinfo=UTC), tick=False):
        response = api("POST", "/v1/projects", read_write[1], json={"name": "  Harbour  "})
    data = check_success(response, 201)
    assert list(data) == FIELDS
    assert re.fullmatch(r"proj_[0-9A-Za-z]{16}", data["id"])
    assert response["Location"] == f"/v1/projects/{data['id']}"
    assert data == {
        "id": data["id"],
        "name": "Harbour",
        "description": "",
        "status": "active",
        "template": None,
        "previewUrl": None,
        "settings": {},
        "stats": {"files": 0, "lastEditedAt": None},
        "createdAt": "2026-11-24T09:58:04.120Z",
        "updatedAt": "2026-11-24T09:58:04.120Z",
    }
    assert check_success(api("GET", response["Location"], read_write[1])) == data
    assert check_success(api("GET", "/v1/projects", read_write[1])) == [data]
    assert Project.objects.get().owner == alice


SETTINGS: list[dict[str, Any]] = [
    {
        "domain": "harbour.example",
        "cache": {"seconds": 60, "on": True},
        "tags": ["a", 1, None, 1.5, False, {}, []],
    },
    {"": "", "é": "\U0001f6a2", "a b": "\u202e", "/": "\\", "\n": "\t\x01\x7f"},
    {"least": -(2**53), "most": 2**53, "zero": 0, "tiny": 5e-324, "small": 0.1, "negative": -1.25},
    {"deep": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
    {"a": "x" * (16_384 - 8)},
    {str(n): n for n in range(1500)},
]


@cases("settings", SETTINGS)
def test_settings_come_back_as_they_were_given(api: API, read_write: Key, settings: dict[str, Any]) -> None:
    body = {"name": "Harbour", "description": "d" * 2000, "template": "t" * 100, "settings": settings}
    data = check_success(api("POST", "/v1/projects", read_write[1], json=body), 201)
    assert {name: data[name] for name in body} == body
    assert check_success(api("GET", f"/v1/projects/{data['id']}", read_write[1])) == data


CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "x" * 200}, {}),
    ({"name": "Лодки \U0001f6a2"}, {}),
    ({"description": ""}, {}),
    ({"description": "  "}, {"description": ""}),
    ({"description": "two\nlines"}, {}),
    ({"template": None}, {}),
    ({"template": "blog"}, {}),
    ({"status": "archived"}, {}),
    ({"settings": {"a": 1}}, {}),
    ({"settings": {}}, {}),
    ({"name": "N", "description": "D", "template": "T", "status": "active", "settings": {"s": 1}}, {}),
]


@cases(("change", "stored"), CHANGES)
def test_a_change_touches_what_is_given_and_the_time_of_the_change(
    api: API, read_write: Key, project: Project, change: dict[str, Any], stored: dict[str, Any]
) -> None:
    path = f"/v1/projects/{project.uid}"
    before = check_success(api("GET", path, read_write[1]))
    data = check_success(api("PATCH", path, read_write[1], json=change))
    assert data["updatedAt"] >= before["updatedAt"]
    assert data == {**before, **change, **stored, "updatedAt": data["updatedAt"]}
    assert check_success(api("GET", path, read_write[1])) == data


@pytest.mark.parametrize("sent", [{}, as_json({})])
def test_a_change_of_nothing_changes_nothing(
    api: API, read_write: Key, project: Project, sent: dict[str, Any]
) -> None:
    path = f"/v1/projects/{project.uid}"
    before = check_success(api("GET", path, read_write[1]))
    assert check_success(api("PATCH", path, read_write[1], **sent)) == before


def test_the_time_of_a_change_is_the_moment_it_happened(api: API, read_write: Key, project: Project) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        data = check_success(api("PATCH", f"/v1/projects/{project.uid}", read_write[1], json={"name": "x"}))
    assert data["updatedAt"] == "2030-01-01T00:00:00.000Z"
    assert data["createdAt"] < "2030"


def test_a_deleted_project_is_gone_and_a_second_delete_is_404(
    api: API, read_write: Key, project: Project
) -> None:
    path = f"/v1/projects/{project.uid}"
    assert check_success(api("DELETE", path, read_write[1])) == {"id": project.uid, "deleted": True}
    for method in ("DELETE", "GET", "PATCH"):
        check_error(api(method, path, read_write[1]), 404, "There is no such project")
    assert check_success(api("GET", "/v1/projects", read_write[1])) == []


@cases("method", ["GET", "HEAD", "PATCH", "DELETE"])
def test_a_strangers_project_is_403_and_stays_as_it_is(
    api: API, bobs_key: str, project: Project, method: str
) -> None:
    before = Project.objects.values().get()
    response = api(method, f"/v1/projects/{project.uid}", bobs_key, json={"name": "Mine"})
    assert response.status_code == 403
    assert method == "HEAD" or response.json() == FORBIDDEN
    assert "WWW-Authenticate" not in response
    assert Project.objects.values().get() == before


def test_a_strangers_project_is_in_no_list(api: API, bobs_key: str, project: Project) -> None:
    response = api("GET", "/v1/projects?limit=100", bobs_key)
    assert check_success(response) == []
    assert response.json()["pagination"]["total"] == 0


IDS = ["proj_", "proj_0000000000000000", "PROJ_X", "1", "-1", "x" * 5000, "%00", "%zz", "%ff", "'", "null"]
IDS += ["proj_%00", "proj_x%00", "proj_\u0663", "proj_x%0a", "..", "*", "proj_x y", "user_x", "{id}"]


@pytest.mark.matrix
@cases("uid", IDS)
@cases("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_id_is_404(api: API, read_write: Key, project: Project, method: str, uid: str) -> None:
    check_error(api(method, f"/v1/projects/{uid}", read_write[1]), 404)
    assert Project.objects.count() == 1


def test_neither_the_row_number_nor_another_case_names_a_project(
    api: API, read_write: Key, project: Project
) -> None:
    for uid in (str(project.pk), project.uid.upper(), project.uid.swapcase(), f"{project.uid} "):
        check_error(api("GET", f"/v1/projects/{uid}", read_write[1]), 404)


@pytest.mark.matrix  # odd input
@cases("query", ["x=1", "page=1", "limit=20", "status=active", "fields=name"])
@cases("method", ["GET", "PATCH", "DELETE"])
def test_one_project_takes_no_parameters(
    api: API, read_write: Key, project: Project, method: str, query: str
) -> None:
    check_error(api(method, f"/v1/projects/{project.uid}?{query}", read_write[1], json={"name": "x"}), 400)
    assert Project.objects.get().name == "Harbour"


@pytest.mark.parametrize(("method", "most"), [("GET", 2), ("PATCH", 3), ("DELETE", 13)])
def test_a_call_about_one_project_costs_few_queries(
    api: API, read_write: Key, project: Project, method: str, most: int
) -> None:
    api("GET", "/v1/me", read_write[1])
    with CaptureQueriesContext(connection) as queries:
        api(method, f"/v1/projects/{project.uid}", read_write[1], json={"name": "x"})
    assert len(queries) <= most


@cases("rows", [0, 1, 20, 100])
def test_a_list_costs_two_queries_however_long_it_is(
    api: API, alice: User, read_only: Key, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    Project.objects.bulk_create(Project(owner=alice, name=f"No {n}") for n in range(rows))
    api("GET", "/v1/me", read_only[1])
    with django_assert_num_queries(2):
        assert len(check_success(api("GET", "/v1/projects?limit=100", read_only[1]))) == rows


def test_the_first_page_is_each_persons_own_as_each_asks_for_it(
    api: API, alice: User, bob: User, read_only: Key
) -> None:
    bobs_key = create_key(bob, name="Bob's", permission="read-only")[1]
    for owner, name, status in (
        (alice, "Anvil", "active"),
        (alice, "Attic", "archived"),
        (alice, "Axle", "active"),
        (bob, "Barn", "archived"),
    ):
        Project.objects.create(owner=owner, name=name, status=status)

    def names(query: str, key: str = read_only[1]) -> tuple[list[str], int]:
        answer = api("GET", f"/v1/projects?sort=name&{query}", key).json()
        return [row["name"] for row in answer["data"]], answer["pagination"]["total"]

    # Each shape twice: the second time the statement is there already.
    for _ in range(2):
        assert names("order=asc") == (["Anvil", "Attic", "Axle"], 3)
        assert names("order=desc&limit=2") == (["Axle", "Attic"], 3)
        assert names("order=asc&status=active") == (["Anvil", "Axle"], 2)
        assert names("order=asc&status=archived") == (["Attic"], 1)
        assert names("order=asc&status=active", bobs_key) == ([], 0)
        assert names("order=asc&status=archived", bobs_key) == (["Barn"], 1)
