"""STORAGE_BYTES: what an account's files and deployments may hold together, and DEPLOYMENTS_PER_PROJECT."""

import io
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Sum
from pytest_django.fixtures import Settings

from accounts.models import User
from api.projects.models import Deployment, Project, StoredObject
from apikeys import usage
from tests.api.projects.conftest import objects_in
from tests.api.projects.test_races import at_once
from tests.fixtures import API

PROJECT = "/v1/projects/proj_harbour"
FILES = f"{PROJECT}/files"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("project")]


@pytest.fixture(autouse=True)
def thousand_bytes(settings: Settings) -> None:
    settings.STORAGE_BYTES = {**settings.STORAGE_BYTES, "free": 1000}


def put(api: API, key: str, path: str, size: int, project: str = PROJECT, **more: Any) -> Any:
    more = {"content_type": "text/css", **more}
    return api("PUT", f"{project}/files/{path}", key, data=b"x" * size, **more)


def check_books() -> None:
    """Each project's sum is that of its objects."""
    for project in Project.objects.all():
        held = StoredObject.objects.filter(project=project).aggregate(size=Sum("size"))["size"]
        assert project.stored_bytes == (held or 0)


def refusal(response: Any) -> str:
    assert response.status_code == 413, response.content
    error = response.json()["error"]
    assert error["code"] == "PAYLOAD_TOO_LARGE"
    return str(error["message"])


def test_up_to_the_total_is_taken_and_a_byte_more_is_413_with_the_figure(api: API, key: str) -> None:
    assert put(api, key, "x", 600).status_code == 201
    assert put(api, key, "y", 400).status_code == 201
    message = "There is no room for this file. You have used 1,000 of 1,000 bytes."
    assert refusal(put(api, key, "z", 1)) == message
    assert refusal(api("POST", FILES, key, json={"path": "z", "content": "z"})) == message
    assert put(api, key, "z", 0, CONTENT_LENGTH="0").status_code == 201
    check_books()


def test_the_total_is_of_all_projects_of_one_account(api: API, key: str, alice: User, bob: User) -> None:
    Project.objects.create(owner=alice, name="Other", uid="proj_other")
    Project.objects.create(owner=bob, name="Bob's", uid="proj_bob", stored_bytes=900)
    assert put(api, key, "x", 900).status_code == 201
    assert "900 of 1,000" in refusal(put(api, key, "x", 101, "/v1/projects/proj_other"))
    assert put(api, key, "x", 100, "/v1/projects/proj_other").status_code == 201


def test_what_has_no_room_is_refused_unread(api: API, key: str) -> None:
    put(api, key, "x", 900)

    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    length = {"CONTENT_LENGTH": "500", "wsgi.input": Unread()}
    refusal(api("PUT", f"{FILES}/y", key, content_type="text/css", **length))


def test_a_new_version_takes_the_place_of_the_old_one(api: API, key: str) -> None:
    put(api, key, "x", 900)
    assert put(api, key, "x", 1000).status_code == 200
    refusal(put(api, key, "x", 1001))
    assert Project.objects.get().stored_bytes == 1000
    check_books()


def test_a_version_that_a_deployment_has_still_counts_until_that_goes(api: API, key: str) -> None:
    put(api, key, "x", 600)
    uid = api("POST", f"{PROJECT}/deployments", key).json()["data"]["id"]
    assert (
        api("POST", f"{PROJECT}/deployments", key).status_code == 201
    )  # the same bytes once more cost nothing
    api("DELETE", f"{PROJECT}/deployments/{uid}", key)
    refusal(put(api, key, "x", 600))
    assert api("DELETE", f"{FILES}/x", key).status_code == 200
    assert Project.objects.get().stored_bytes == 600
    refusal(put(api, key, "y", 600))
    api("DELETE", f"{PROJECT}/deployments/{Deployment.objects.get().uid}", key)
    assert Project.objects.get().stored_bytes == 0
    assert put(api, key, "y", 1000).status_code == 201
    check_books()


def test_a_deleted_project_frees_what_it_held(api: API, key: str, alice: User) -> None:
    Project.objects.create(owner=alice, name="Other", uid="proj_other")
    put(api, key, "x", 1000, "/v1/projects/proj_other")
    refusal(put(api, key, "x", 1))
    api("DELETE", "/v1/projects/proj_other", key)
    assert put(api, key, "x", 1000).status_code == 201


@pytest.mark.matrix  # what is rare
def test_above_a_total_that_became_smaller_less_is_taken_and_more_is_not(
    api: API, key: str, settings: Settings
) -> None:
    put(api, key, "x", 1000)
    settings.STORAGE_BYTES["free"] = 500
    refusal(put(api, key, "x", 1001))
    assert put(api, key, "x", 900).status_code == 200


def test_a_plan_without_a_total_takes_anything(api: API, key: str, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(plan="internal")
    assert put(api, key, "x", 5000).status_code == 201


@pytest.mark.race
def test_parallel_uploads_to_several_projects_never_pass_the_total(
    api: API, key: str, alice: User, settings: Settings, folder: Any
) -> None:
    usage.flush()
    projects = ["proj_harbour"] + [f"proj_{number}" for number in range(3)]
    for uid in projects[1:]:
        Project.objects.create(owner=alice, name=uid, uid=uid)
    api("GET", "/v1/me", key)

    def write(number: int) -> int:
        path = f"/v1/projects/{projects[number % 4]}"
        return int(put(api, key, str(number), 300, path).status_code)

    assert Counter(at_once(8, write)) == {201: 3, 413: 5}
    assert sum(Project.objects.values_list("stored_bytes", flat=True)) == 900
    assert len(objects_in(folder)) == StoredObject.objects.count() == 3
    check_books()


def test_a_project_has_at_most_so_many_deployments(api: API, key: str, settings: Settings) -> None:
    settings.DEPLOYMENTS_PER_PROJECT = 2
    first, _ = (api("POST", f"{PROJECT}/deployments", key).json()["data"]["id"] for _ in range(2))
    message = "The project has 2 deployments, the most it may. Delete one"
    assert refusal(api("POST", f"{PROJECT}/deployments", key)) == message
    api("DELETE", f"{PROJECT}/deployments/{first}", key)
    assert api("POST", f"{PROJECT}/deployments", key).status_code == 201


@pytest.mark.race
def test_parallel_deployments_never_pass_the_limit(api: API, key: str, settings: Settings) -> None:
    settings.DEPLOYMENTS_PER_PROJECT = 2
    api("GET", "/v1/me", key)
    answers = at_once(5, lambda _: api("POST", f"{PROJECT}/deployments", key).status_code)
    assert Counter(answers) == {201: 2, 413: 3}


@pytest.mark.database
def test_what_was_stored_before_the_books_were_kept_is_added_up(api: API, key: str) -> None:
    put(api, key, "x", 300)
    put(api, key, "y", 400)
    Project.objects.update(stored_bytes=0)
    import_module("api.projects.migrations.0004_stored_bytes").add_up(apps, None)
    assert Project.objects.get().stored_bytes == 700
