"""A storage that is full, read-only or gone: 503 with a sentence, nothing lost, nothing left behind.

The faults are real: a small disk in memory, mounted for the test. Where nobody may mount, those are skipped.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from accounts.web.error_pages import RETRY_SECONDS
from api.projects.durable_folder import DurableFolder, FolderMissing
from api.projects.models import File, Project, StoredObject
from api.projects.services import stored_objects
from craft import configuration
from tests.api.projects.conftest import objects_in
from tests.fixtures import API

PROJECT = "/v1/projects/proj_harbour"
FILES = f"{PROJECT}/files"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("project")]


def put(api: API, key: str, path: str, content: bytes) -> Any:
    return api("PUT", f"{FILES}/{path}", key, data=content, content_type="text/css")


def check_unavailable(response: Any) -> None:
    """It is the answer of the contract."""
    assert response.status_code == 503, response.content
    assert response.json() == {
        "success": False,
        "error": {
            "code": "SERVICE_UNAVAILABLE",
            "message": "Craft cannot answer right now. Nothing was changed.",
            "retryAfter": RETRY_SECONDS,
        },
    }
    assert response["Retry-After"] == str(RETRY_SECONDS)


def check_only(api: API, key: str, **contents: str) -> None:
    """The project has these files and nothing else is in the books."""
    assert sorted(File.objects.values_list("path", flat=True)) == sorted(contents)
    assert StoredObject.objects.count() == len(contents)
    for path, content in contents.items():
        assert api("GET", f"{FILES}/{path}", key).json()["data"]["content"] == content
    project = Project.objects.get()
    assert project.file_count == len(contents)
    assert project.stored_bytes == sum(map(len, contents.values()))


@pytest.fixture
def small_disk(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A storage of one megabyte on a disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk takes root")
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(disk)}
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.matrix  # what is rare
def test_a_full_storage_takes_no_more_and_loses_nothing(api: API, key: str, small_disk: Path) -> None:
    assert put(api, key, "x", b"first").status_code == 201
    check_unavailable(put(api, key, "y", b"y" * 2_000_000))
    check_unavailable(put(api, key, "x", b"x" * 2_000_000))
    check_only(api, key, x="first")
    assert len(objects_in(small_disk)) == 1
    assert put(api, key, "y", b"fits").status_code == 201


@pytest.mark.matrix  # what is rare
def test_a_read_only_storage_is_read_and_takes_nothing(api: API, key: str, small_disk: Path) -> None:
    assert put(api, key, "x", b"first").status_code == 201
    for number in range(256):  # where a file could lie, so that it is the file which is refused
        (small_disk / f"{number:02x}").mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    check_unavailable(put(api, key, "y", b"second"))
    check_unavailable(api("POST", FILES, key, json={"path": "y", "content": "second"}))
    check_only(api, key, x="first")
    assert api("DELETE", f"{FILES}/x", key).status_code == 200  # the bytes go when the disk takes it
    assert stored_objects.delete_let_go() == 0
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert stored_objects.delete_let_go() == 1
    assert objects_in(small_disk) == []


@pytest.mark.matrix  # what is rare
def test_a_storage_that_is_gone_is_not_made_anew(api: API, key: str, folder: Path) -> None:
    assert put(api, key, "x", b"first").status_code == 201
    away = folder.rename(folder.with_name("away"))
    check_unavailable(put(api, key, "y", b"second"))
    check_unavailable(api("GET", f"{FILES}/x", key))
    check_unavailable(api("GET", f"{FILES}/x", key, headers={"Accept": "application/octet-stream"}))
    assert not folder.exists()
    assert api("DELETE", f"{FILES}/x", key).status_code == 200
    assert stored_objects.delete_let_go() == 0
    away.rename(folder)
    assert stored_objects.delete_let_go() == 1
    assert objects_in(folder) == []
    assert not StoredObject.objects.exists()


def test_a_missing_folder_is_made_by_no_save(folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(FolderMissing):
        DurableFolder(location=folder).save("ab/abcd", ContentFile(b"x"))
    assert not folder.exists()


def test_a_file_where_the_folder_should_be_is_503(api: API, key: str, folder: Path) -> None:
    folder.rmdir()
    folder.write_bytes(b"")
    check_unavailable(put(api, key, "x", b"x"))
    assert not StoredObject.objects.exists()


def test_a_published_page_of_a_storage_that_is_gone_is_503(api: API, key: str, folder: Path) -> None:
    put(api, key, "index.html", b"<p>Harbour")
    url = api("POST", f"{PROJECT}/deployments", key).json()["data"]["url"]
    folder.rename(folder.with_name("away"))
    response = api("GET", "/", headers={"Host": url.split("/")[2]})
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert b"Craft cannot answer right now" in response.content


def test_what_is_acknowledged_was_synced_with_its_folders(api: API, key: str, folder: Path) -> None:
    synced: list[str] = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", watch)
        assert put(api, key, "x", b"first").status_code == 201
    (stored,) = objects_in(folder)
    assert synced == [str(stored), str(stored.parent), str(folder)]
