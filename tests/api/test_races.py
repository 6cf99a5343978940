"""Two calls at once about one project."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from api.projects.models import Project
from apikeys import usage
from apikeys.models import APIKey, APIKeyUsage
from tests.fixtures import API

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
Key = tuple[APIKey, str]


def at_once(count: int, call: Any) -> list[Any]:
    """The results of `call(0)`, `call(1)`, … started together, each in a thread of its own."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_simultaneous_deletes_one_succeeds_and_the_others_are_404(
    transactional_db: None, api: API, alice: User, read_write: Key
) -> None:
    for _ in range(5):
        project = Project.objects.create(owner=alice, name="Harbour")
        path = f"/v1/projects/{project.uid}"
        statuses = at_once(6, lambda _, path=path: api("DELETE", path, read_write[1]).status_code)
        assert Counter(statuses) == {200: 1, 404: 5}


def test_simultaneous_changes_of_different_fields_all_stay(
    transactional_db: None, api: API, alice: User, read_write: Key
) -> None:
    project = Project.objects.create(owner=alice, name="Harbour")
    wanted: dict[str, Any] = {"name": "N", "description": "D", "template": "T", "status": "archived"}
    changes = [{name: value} for name, value in wanted.items()]
    path = f"/v1/projects/{project.uid}"
    at_once(4, lambda number: api("PATCH", path, read_write[1], json=changes[number]))
    project.refresh_from_db()
    assert {name: getattr(project, name) for name in wanted} == wanted


def test_a_change_during_a_delete_is_200_or_404_and_never_brings_the_project_back(
    transactional_db: None, api: API, alice: User, read_write: Key
) -> None:
    for _ in range(5):
        project = Project.objects.create(owner=alice, name="Harbour")
        path = f"/v1/projects/{project.uid}"

        def call(number: int, path: str = path) -> int:
            method = "DELETE" if number == 0 else "PATCH"
            status: int = api(method, path, read_write[1], json={"name": "x"}).status_code
            return status

        statuses = at_once(4, call)
        assert statuses[0] == 200
        assert set(statuses) <= {200, 404}
        assert not Project.objects.exists()


def test_simultaneous_first_uses_are_all_counted(transactional_db: None, api: API, read_only: Key) -> None:
    statuses = at_once(8, lambda _: api("GET", "/v1/me", read_only[1]).status_code)
    assert statuses == [200] * 8
    usage.flush()
    by_hour = APIKeyUsage.objects.filter(period="hour")
    assert sum(by_hour.values_list("requests", flat=True)) == 8
