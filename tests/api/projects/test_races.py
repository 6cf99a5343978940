"""Two calls at once about the files of one project."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from api.projects.models import Deployment, DeploymentFile, File, Project, StoredObject
from api.projects.preconditions import Preconditions, VersionMismatch
from api.projects.services import stored_objects
from api.projects.services.files import write_file
from api.projects.services.stored_objects import Source
from apikeys import usage
from tests.api.projects.conftest import objects_in
from tests.fixtures import API

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PROJECT = "/v1/projects/proj_harbour"
FILES = f"{PROJECT}/files"
RAW = {"Accept": "application/octet-stream"}


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """The results of `call(0)`, `call(1)`, … started together, each in a thread of its own."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture(autouse=True)
def unlimited(alice: User, project: Project) -> None:
    """What is counted here is not the calls."""
    User.objects.filter(pk=alice.pk).update(plan="internal")
    usage.flush()


def put(api: API, key: str, path: str, content: bytes, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return api("PUT", f"{FILES}/{path}", key, data=content, content_type="text/css", headers=sent)


def check(folder: Path) -> None:
    """The books are right: counts, rows and bytes agree."""
    project = Project.objects.get()
    assert project.file_count == File.objects.filter(project=project).count()
    for deployment in Deployment.objects.all():
        assert deployment.file_count == DeploymentFile.objects.filter(deployment=deployment).count()
    used = set(File.objects.values_list("stored__name", flat=True))
    used |= set(DeploymentFile.objects.values_list("stored__name", flat=True))
    stored_objects.delete_let_go()
    assert set(StoredObject.objects.values_list("name", flat=True)) == used
    stored = {str(path.relative_to(folder)): path for path in objects_in(folder)}
    assert stored.keys() == used
    for row in StoredObject.objects.all():
        assert hashlib.sha256(stored[row.name].read_bytes()).hexdigest() == row.sha256


def test_of_two_changes_of_one_version_one_is_412(api: API, key: str, folder: Path) -> None:
    for _ in range(5):
        tag = put(api, key, "x", b"first")["ETag"]
        answers = at_once(4, lambda n, tag=tag: put(api, key, "x", b"%d" % n, If_Match=tag))  # type: ignore[misc]
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}
        (winner,) = [answer for answer in answers if answer.status_code == 200]
        assert api("GET", f"{FILES}/x", key)["ETag"] == winner["ETag"]
    check(folder)


def test_a_change_during_a_longer_one_of_the_same_version_wins(
    api: API, key: str, project: Project, folder: Path
) -> None:
    tag = put(api, key, "x", b"first")["ETag"]
    slow = io.BytesIO(b"slow")

    def read(size: int) -> bytes:
        if slow.tell() == 0:
            assert put(api, key, "x", b"fast", If_Match=tag).status_code == 200
        return slow.read(size)

    preconditions = Preconditions(if_match=[tag])
    with pytest.raises(VersionMismatch):
        write_file(project, "x", Source(4, read), content_type=None, preconditions=preconditions)
    assert api("GET", f"{FILES}/x", key).json()["data"]["content"] == "fast"
    check(folder)


def test_of_simultaneous_creations_one_is_201(api: API, key: str, folder: Path) -> None:
    body = {"path": "x", "content": "x"}
    answers = at_once(6, lambda _: api("POST", FILES, key, json=body).status_code)
    assert Counter(answers) == {201: 1, 409: 5}
    assert Counter(at_once(6, lambda _: put(api, key, "y", b"y").status_code)) == {201: 1, 200: 5}
    assert Counter(at_once(6, lambda _: put(api, key, "z", b"z", If_None_Match="*").status_code)) == {
        201: 1,
        412: 5,
    }
    check(folder)


def test_a_project_never_holds_more_than_it_may(api: API, key: str, folder: Path, settings: Settings) -> None:
    settings.FILES_PER_PROJECT = 5
    answers = at_once(12, lambda n: put(api, key, str(n), b"x").status_code)
    assert Counter(answers) == {201: 5, 413: 7}
    check(folder)


def test_of_simultaneous_deletes_one_succeeds(api: API, key: str, folder: Path) -> None:
    for _ in range(3):
        put(api, key, "x", b"x")
        answers = at_once(5, lambda _: api("DELETE", f"{FILES}/x", key).status_code)
        assert Counter(answers) == {200: 1, 404: 4}
    check(folder)


def test_a_deployment_made_during_changes_is_one_moments_and_whole(api: API, key: str, folder: Path) -> None:
    for number in range(4):
        put(api, key, str(number), b"0")

    def act(number: int) -> None:
        for turn in range(6):
            if number == 0:
                assert api("POST", f"{PROJECT}/deployments", key).status_code == 201
            elif number == 1:
                for deployment in Deployment.objects.order_by("pk")[:1]:
                    api("DELETE", f"{PROJECT}/deployments/{deployment.uid}", key)
            elif number == 2:
                api("DELETE", f"{FILES}/{turn % 4}", key)
            else:
                assert put(api, key, str(turn % 4), b"%d %d" % (number, turn)).status_code in (200, 201)

    at_once(5, act)
    check(folder)


def test_a_read_during_changes_is_one_version_whole_or_404(api: API, key: str, folder: Path) -> None:
    def version(number: int) -> bytes:
        return b"%d" % (number % 10) * 200_000

    known = {hashlib.sha256(version(number)).hexdigest() for number in range(10)}
    put(api, key, "x", version(0))
    is_over = Event()

    def read() -> Counter[int]:
        seen: Counter[int] = Counter()
        while not is_over.is_set():
            answer = api("GET", f"{FILES}/x", key, headers=RAW)
            seen[answer.status_code] += 1
            if answer.status_code == 200:
                digest = hashlib.sha256(b"".join(answer.streaming_content)).hexdigest()
                assert digest in known
                assert answer["ETag"] == f'"{digest}"'
                answer = api("GET", f"{FILES}/x", key)
            if answer.status_code == 200:
                data = json.loads(answer.content)["data"]
                assert hashlib.sha256(data["content"].encode()).hexdigest() == data["sha256"]
        return seen

    def write() -> None:
        try:
            for number in range(16):
                if number % 8 == 7:
                    api("DELETE", f"{FILES}/x", key)
                assert put(api, key, "x", version(number)).status_code in (200, 201)
        finally:
            is_over.set()

    results = at_once(4, lambda number: write() if number == 0 else read())
    for seen in results[1:]:
        assert set(seen) <= {200, 404}
        assert seen[200]
    check(folder)


def test_a_project_deleted_during_changes_takes_everything_along(api: API, key: str, folder: Path) -> None:
    for number in range(4):
        put(api, key, str(number), b"x")

    def act(number: int) -> int:
        if number == 0:
            return int(api("DELETE", PROJECT, key).status_code)
        if number == 1:
            return int(api("POST", f"{PROJECT}/deployments", key).status_code)
        return int(put(api, key, str(number), b"new").status_code)

    answers = at_once(6, act)
    assert answers[0] == 200
    assert set(answers[1:]) <= {200, 201, 404}
    stored_objects.delete_let_go()
    assert not Project.objects.exists()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []


def test_two_sweeps_at_once_delete_each_object_once(api: API, key: str, folder: Path) -> None:
    for number in range(30):
        put(api, key, str(number), b"x")
    File.objects.all().delete()
    StoredObject.objects.update(project=None)
    assert sum(at_once(3, lambda _: stored_objects.delete_let_go())) == 30
    assert objects_in(folder) == []
