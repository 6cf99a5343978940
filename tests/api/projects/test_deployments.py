"""Deployments: snapshots that never change."""

import re
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from accounts.models import User
from api.projects.models import Deployment, DeploymentFile, Project
from api.projects.models.deployments import new_label
from apikeys.services import create_key
from tests.cases import cases
from tests.fixtures import API

PROJECT = "/v1/projects/proj_harbour"
DEPLOYMENTS = f"{PROJECT}/deployments"
pytestmark = [pytest.mark.database, pytest.mark.usefixtures("project")]


def put(api: API, key: str, path: str, content: bytes = b"hello") -> None:
    response = api("PUT", f"{PROJECT}/files/{path}", key, data=content, content_type="text/css")
    assert response.status_code in (200, 201)


def deploy(api: API, key: str) -> Any:
    response = api("POST", DEPLOYMENTS, key)
    assert response.status_code == 201, response.content
    return response.json()["data"]


def test_a_deployment_is_ready_when_it_is_answered(api: API, key: str) -> None:
    put(api, key, "index.html")
    put(api, key, "a/b.css")
    response = api("POST", DEPLOYMENTS, key, json={})
    assert response.status_code == 201
    data = response.json()["data"]
    assert list(data) == ["id", "status", "url", "files", "createdAt"]
    assert re.fullmatch("dep_[0-9A-Za-z]{16}", data["id"])
    assert (data["status"], data["files"]) == ("ready", 2)
    assert re.fullmatch(r"http://[a-z2-7]{20}\.preview\.localhost:8000/", data["url"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data["createdAt"])
    assert response["Location"] == f"{DEPLOYMENTS}/{data['id']}"
    assert api("GET", response["Location"], key).json()["data"] == data
    assert api("GET", DEPLOYMENTS, key).json()["data"] == [data]


def test_the_address_is_the_preview_urls_with_a_label_in_front(
    api: API, key: str, settings: Settings
) -> None:
    settings.PREVIEW_URL = "https://craft-preview.app"
    assert re.fullmatch(r"https://[a-z2-7]{20}\.craft-preview\.app/", deploy(api, key)["url"])


def test_no_two_labels_are_alike() -> None:
    assert len({new_label() for _ in range(1000)}) == 1000


def test_an_empty_project_may_be_deployed(api: API, key: str) -> None:
    assert deploy(api, key)["files"] == 0


def test_a_deployment_has_the_projects_own_files_alone(api: API, key: str, alice: User) -> None:
    Project.objects.create(owner=alice, name="Other", uid="proj_other")
    put(api, key, "mine")
    api("PUT", "/v1/projects/proj_other/files/theirs", key, data=b"x", content_type="text/css")
    deploy(api, key)
    assert list(DeploymentFile.objects.values_list("path", flat=True)) == ["mine"]


def test_later_changes_of_files_do_not_show_in_it(api: API, key: str) -> None:
    put(api, key, "changed", b"before")
    put(api, key, "deleted", b"before")
    data = deploy(api, key)
    put(api, key, "changed", b"after")
    put(api, key, "new", b"after")
    api("DELETE", f"{PROJECT}/files/deleted", key)
    host = data["url"].removeprefix("http://").rstrip("/")
    assert b"".join(api("GET", "/changed", HTTP_HOST=host).streaming_content) == b"before"
    assert b"".join(api("GET", "/deleted", HTTP_HOST=host).streaming_content) == b"before"
    assert api("GET", "/new", HTTP_HOST=host).status_code == 404
    assert api("GET", f"{DEPLOYMENTS}/{data['id']}", key).json()["data"] == data


@pytest.mark.long
def test_a_snapshot_takes_as_many_queries_for_a_hundred_files_as_for_one(
    api: API, key: str, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (None, None, None)}
    put(api, key, "0")
    with django_assert_num_queries(10):
        deploy(api, key)
    for number in range(1, 100):
        put(api, key, str(number))
    with django_assert_num_queries(10):
        assert deploy(api, key)["files"] == 100


def test_the_preview_address_of_a_project_is_its_latest_deployments(api: API, key: str) -> None:
    def preview_url() -> str | None:
        (listed,) = api("GET", "/v1/projects", key).json()["data"]
        one: dict[str, str | None] = api("GET", PROJECT, key).json()["data"]
        changed = api("PATCH", PROJECT, key, json={"template": "shop"}).json()["data"]
        assert listed["previewUrl"] == one["previewUrl"] == changed["previewUrl"]
        return one["previewUrl"]

    assert preview_url() is None
    first = deploy(api, key)
    assert preview_url() == first["url"]
    second = deploy(api, key)
    assert preview_url() == second["url"]
    api("DELETE", f"{DEPLOYMENTS}/{second['id']}", key)
    assert preview_url() == first["url"]
    api("DELETE", f"{DEPLOYMENTS}/{first['id']}", key)
    assert preview_url() is None


def test_a_list_of_twenty_projects_with_deployments_costs_two_queries(
    api: API, key: str, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        project = Project.objects.create(owner=alice, name=f"No {number}")
        Deployment.objects.bulk_create(Deployment(project=project) for _ in range(3))
    api("GET", "/v1/me", key)  # the first use of a key is written at once
    with django_assert_num_queries(2):
        rows = api("GET", "/v1/projects", key).json()["data"]
    assert len([row for row in rows if row["previewUrl"]]) == 20


def test_the_list_has_pages_the_newest_first(api: API, key: str) -> None:
    ids = [deploy(api, key)["id"] for _ in range(3)]

    def listed(query: str = "") -> list[str]:
        return [row["id"] for row in api("GET", f"{DEPLOYMENTS}?{query}", key).json()["data"]]

    assert listed() == ids[::-1]
    assert listed("order=asc&limit=2") == ids[:2]
    assert api("GET", f"{DEPLOYMENTS}?page=2&limit=2", key).json()["pagination"] == {
        "page": 2,
        "limit": 2,
        "total": 3,
        "totalPages": 2,
        "hasMore": False,
    }
    for query in ("sort=files", "status=ready", "limit=0"):
        assert api("GET", f"{DEPLOYMENTS}?{query}", key).status_code == 400


def test_a_deleted_deployment_is_gone_with_its_address(api: API, key: str) -> None:
    put(api, key, "index.html")
    data = deploy(api, key)
    path, host = f"{DEPLOYMENTS}/{data['id']}", data["url"].removeprefix("http://").rstrip("/")
    assert b"".join(api("GET", "/", HTTP_HOST=host).streaming_content) == b"hello"
    response = api("DELETE", path, key)
    assert (response.status_code, response.json()["data"]) == (200, {"id": data["id"], "deleted": True})
    assert api("GET", "/", HTTP_HOST=host).status_code == 404
    assert api("GET", path, key).status_code == 404
    assert api("DELETE", path, key).status_code == 404
    assert api("GET", f"{PROJECT}/files/index.html", key).status_code == 200


CALLS = [("GET", ""), ("POST", ""), ("GET", "/dep_x"), ("DELETE", "/dep_x")]


@cases(("method", "path"), CALLS)
def test_who_may_not_is_told_so(api: API, key: str, alice: User, bob: User, method: str, path: str) -> None:
    _, bobs = create_key(bob, name="Bob's", permission="read-write")
    _, reader = create_key(alice, name="Reader", permission="read-only")
    assert api(method, DEPLOYMENTS + path).status_code == 401
    assert api(method, DEPLOYMENTS + path, bobs).status_code == 403
    if method != "GET":
        response = api(method, DEPLOYMENTS + path, reader)
        assert response.status_code == 403
        assert f'scope="{"write" if method == "POST" else "delete"}"' in response["WWW-Authenticate"]
    assert api(method, f"/v1/projects/proj_none/deployments{path}", key).status_code == 404


@pytest.mark.matrix  # each path
@cases("uid", ["dep_x", "dep_", "nothing", "dep_\u00e9", "dep_%00", "proj_harbour", "dep_" + "x" * 99])
@cases("method", ["GET", "DELETE"])
def test_an_unknown_one_is_404(api: API, key: str, method: str, uid: str) -> None:
    assert api(method, f"{DEPLOYMENTS}/{uid}", key).status_code == 404


def test_one_of_another_project_is_404(api: API, key: str, alice: User) -> None:
    other = Deployment.objects.create(project=Project.objects.create(owner=alice, name="Other"))
    assert api("GET", f"{DEPLOYMENTS}/{other.uid}", key).status_code == 404
    assert api("DELETE", f"{DEPLOYMENTS}/{other.uid}", key).status_code == 404


@cases(
    ("method", "path", "allow"),
    [
        ("PUT", "", "GET, POST, HEAD"),
        ("DELETE", "", "GET, POST, HEAD"),
        ("PATCH", "/dep_x", "GET, DELETE, HEAD"),
        ("POST", "/dep_x", "GET, DELETE, HEAD"),
    ],
)
def test_another_method_is_405(api: API, key: str, method: str, path: str, allow: str) -> None:
    response = api(method, DEPLOYMENTS + path, key)
    assert response.status_code == 405
    assert sorted(response["Allow"].split(", ")) == sorted(allow.split(", "))


@cases("body", [{"files": 1}, {"status": "ready"}, [], "x"])
def test_a_body_with_anything_in_it_is_400(api: API, key: str, body: Any) -> None:
    assert api("POST", DEPLOYMENTS, key, json=body).status_code == 400
    assert api("POST", f"{DEPLOYMENTS}?x=1", key).status_code == 400
    assert not Deployment.objects.exists()
