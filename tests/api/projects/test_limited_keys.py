"""A key that is limited to some projects sees and touches those alone."""

from typing import Any

import pytest

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import FORBIDDEN, check_error, check_success
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]
TOUCHES: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/projects/proj_other", {}),
    ("PATCH", "/v1/projects/proj_other", {"json": {"name": "Mine"}}),
    ("DELETE", "/v1/projects/proj_other", {}),
    ("GET", "/v1/projects/proj_other/files", {}),
    ("POST", "/v1/projects/proj_other/files", {"json": {"path": "x", "content": "x"}}),
    ("GET", "/v1/projects/proj_other/deployments", {}),
    ("POST", "/v1/projects/proj_other/deployments", {}),
]


@pytest.fixture
def limited(alice: User, read_write: Key) -> str:
    """A raw key that may touch one of Alice's two projects."""
    for name in ("harbour", "other"):
        Project.objects.create(owner=alice, name=name, uid=f"proj_{name}")
    APIKey.objects.filter(pk=read_write[0].pk).update(limited_to=["proj_harbour"])
    return read_write[1]


def test_it_lists_and_changes_the_project_it_is_limited_to(api: API, limited: str) -> None:
    response = api("GET", "/v1/projects", limited)
    assert [row["id"] for row in check_success(response)] == ["proj_harbour"]
    assert response.json()["pagination"]["total"] == 1
    changed = api("PATCH", "/v1/projects/proj_harbour", limited, json={"name": "Renamed"})
    assert check_success(changed)["name"] == "Renamed"


@cases(("method", "path", "sent"), TOUCHES)
def test_another_project_of_its_owner_is_403(
    api: API, limited: str, method: str, path: str, sent: dict[str, Any]
) -> None:
    response = api(method, path, limited, **sent)
    check_error(response, 403)
    assert response.json() == FORBIDDEN
    assert Project.objects.get(uid="proj_other").name == "other"


def test_it_makes_no_project_which_it_could_not_touch_then(api: API, limited: str) -> None:
    check_error(api("POST", "/v1/projects", limited, json={"name": "New"}), 403)
    assert Project.objects.count() == 2


def test_one_that_is_limited_to_nothing_sees_nothing(api: API, limited: str) -> None:
    APIKey.objects.update(limited_to=[])
    assert check_success(api("GET", "/v1/projects", limited)) == []
    check_error(api("GET", "/v1/projects/proj_harbour", limited), 403)
