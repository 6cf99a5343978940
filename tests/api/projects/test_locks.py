"""Whatever changes a project's files and deployments takes its turn: counts are exact, nothing is lost."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from accounts.events import Event
from accounts.models import Activity, User
from api.projects.models import Deployment, DeploymentFile, File, Project, StoredObject
from api.projects.services import stored_objects
from api.projects.services.projects import lock_project
from tests.api.projects.conftest import objects_in
from tests.fixtures import API
from tests.meanwhile import Meanwhile

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
    pytest.mark.usefixtures("project"),
]
PROJECT = "/v1/projects/proj_harbour"


@pytest.fixture(autouse=True)
def used(api: API, key: str) -> None:
    """The key's first use, which is written at once, is over."""
    assert api("GET", "/v1/me", key).status_code == 200


def put(api: API, key: str, path: str) -> Any:
    return api("PUT", f"{PROJECT}/files/{path}", key, data=path.encode(), content_type="text/css")


def test_a_project_that_is_filled_just_now_takes_no_more(api: API, key: str, settings: Settings) -> None:
    settings.FILES_PER_PROJECT = 1
    with transaction.atomic():
        first = put(api, key, "x")
        second = Meanwhile(partial(put, api, key, "y"))
        assert second.waits()
    assert (first.status_code, second.result().status_code) == (201, 409)
    assert Project.objects.get().file_count == File.objects.count() == 1


def test_a_deletion_counts_what_is_being_written(api: API, key: str) -> None:
    put(api, key, "x")
    with transaction.atomic():
        put(api, key, "y")
        deletion = Meanwhile(partial(api, "DELETE", f"{PROJECT}/files/x", key))
        assert deletion.waits()
    assert deletion.result().status_code == 200
    assert Project.objects.get().file_count == File.objects.count() == 1


def test_a_deployment_has_what_is_being_written(api: API, key: str) -> None:
    with transaction.atomic():
        put(api, key, "x")
        publishing = Meanwhile(partial(api, "POST", f"{PROJECT}/deployments", key))
        assert publishing.waits()
    assert publishing.result().json()["data"]["files"] == 1
    assert DeploymentFile.objects.get().path == "x"


def test_a_deployment_that_is_being_deleted_frees_what_a_file_still_needs_no_more(
    api: API, key: str, folder: Path
) -> None:
    put(api, key, "x")
    deployment = api("POST", f"{PROJECT}/deployments", key).json()["data"]["id"]
    with transaction.atomic():
        assert api("DELETE", f"{PROJECT}/files/x", key).status_code == 200
        deletion = Meanwhile(partial(api, "DELETE", f"{PROJECT}/deployments/{deployment}", key))
        assert deletion.waits()
    assert deletion.result().status_code == 200
    stored_objects.delete_let_go()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []


def test_a_project_goes_with_what_is_being_written(api: API, key: str, folder: Path) -> None:
    with transaction.atomic():
        put(api, key, "x")
        deletion = Meanwhile(partial(api, "DELETE", PROJECT, key))
        assert deletion.waits()
    assert deletion.result().status_code == 200
    stored_objects.delete_let_go()
    assert not Project.objects.exists()
    assert not Deployment.objects.exists()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []


def delete_account(alice: User) -> None:
    """As the admin does: one in its list, or several."""
    User.objects.filter(pk=alice.pk).delete()


@pytest.mark.parametrize("delete", [delete_account, User.delete])
def test_an_account_goes_with_what_is_being_written(
    api: API, key: str, alice: User, folder: Path, delete: Callable[[User], Any]
) -> None:
    with transaction.atomic():
        assert put(api, key, "x").status_code == 201
        assert api("POST", f"{PROJECT}/deployments", key).status_code == 201
        deletion = Meanwhile(partial(delete, alice))
        assert deletion.waits()
    assert not isinstance(deletion.result(), Exception)
    stored_objects.delete_let_go()
    assert not User.objects.exists()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []


def test_an_account_is_deleted_after_a_request_that_has_its_owner_but_not_its_project_yet(
    api: API, alice: User, project: Project
) -> None:
    """Each would have what the other waits for, if the deletion did not begin with the account."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=alice.pk)
        deletion = Meanwhile(partial(delete_account, alice))
        assert deletion.waits()
        lock_project(project)
    assert not isinstance(deletion.result(), Exception)


@pytest.mark.parametrize("call", ["put", "deploy"])
def test_what_is_written_while_the_account_is_being_deleted_is_404_and_leaves_nothing(
    api: API, key: str, alice: User, folder: Path, call: str
) -> None:
    with transaction.atomic():
        User.objects.filter(pk=alice.pk).delete()
        job = (
            partial(put, api, key, "x")
            if call == "put"
            else partial(api, "POST", f"{PROJECT}/deployments", key)
        )
        writing = Meanwhile(job)
        assert writing.waits()
    assert writing.result().status_code == 404
    stored_objects.delete_let_go()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []


def test_what_came_after_the_deletion_had_looked_goes_as_well(alice: User, project: Project) -> None:
    """A row whose writer locks no owner, as the exchange of a code: it is there once all was gathered."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get()
        deletion = Meanwhile(partial(delete_account, alice))
        assert deletion.waits()
        Deployment.objects.create(project=project)
        Activity.objects.create(user=alice, event=Event.LOGIN)
    assert not isinstance(deletion.result(), Exception)
    assert not User.objects.exists()
    assert not Deployment.objects.exists()
