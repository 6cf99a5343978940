"""What the storage holds: one object a version, gone once nothing needs it, none left behind."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from api.projects.content_streams import raw_answer
from api.projects.models import File, Project, StoredObject
from api.projects.preconditions import Preconditions
from api.projects.services import stored_objects
from api.projects.services.files import FileNotFound, get_file, open_file, write_file
from api.projects.services.projects import ProjectNotFound
from api.projects.services.stored_objects import Incoming, Source, UploadEndedEarly
from tests.api.projects.conftest import objects_in
from tests.fixtures import API

PROJECT = "/v1/projects/proj_harbour"
FILES = f"{PROJECT}/files"
pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.matrix,
    pytest.mark.usefixtures("project"),
]


def put(api: API, key: str, path: str, content: bytes) -> Any:
    response = api("PUT", f"{FILES}/{path}", key, data=content, content_type="text/css")
    assert response.status_code in (200, 201), response.content
    return response


def put_half(api: API, key: str, content: bytes) -> Any:
    """A PUT whose body ends after half of what it announces."""
    length = {"CONTENT_LENGTH": str(2 * len(content)), "wsgi.input": io.BytesIO(content)}
    return api("PUT", f"{FILES}/x", key, content_type="text/css", **length)


def check_all_used(folder: Path) -> None:
    """Every object has a row, every row an object, each is a project's."""
    assert {str(path.relative_to(folder)) for path in objects_in(folder)} == set(
        StoredObject.objects.filter(project__isnull=False).values_list("name", flat=True)
    )
    assert not StoredObject.objects.filter(project=None).exists()


def test_a_file_is_one_object_whose_name_says_nothing(api: API, key: str, folder: Path) -> None:
    put(api, key, "secret-plans/x.css", b"content")
    (stored,) = objects_in(folder)
    assert stored.read_bytes() == b"content"
    assert "x.css" not in str(stored.relative_to(folder))
    assert "secret" not in str(stored.relative_to(folder))
    assert stored.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    check_all_used(folder)


def test_a_new_version_is_a_new_object_and_the_old_one_goes(api: API, key: str, folder: Path) -> None:
    put(api, key, "x", b"first")
    (first,) = objects_in(folder)
    put(api, key, "x", b"second")
    (second,) = objects_in(folder)
    assert first != second
    assert second.read_bytes() == b"second"
    check_all_used(folder)


def test_a_version_that_a_deployment_has_stays_as_long_as_that(api: API, key: str, folder: Path) -> None:
    put(api, key, "x", b"first")
    deployments = [api("POST", f"{PROJECT}/deployments", key).json()["data"]["id"] for _ in range(2)]
    put(api, key, "x", b"second")
    assert len(objects_in(folder)) == 2
    api("DELETE", f"{PROJECT}/deployments/{deployments[0]}", key)
    assert len(objects_in(folder)) == 2
    api("DELETE", f"{FILES}/x", key)
    assert [path.read_bytes() for path in objects_in(folder)] == [b"first"]
    check_all_used(folder)
    api("DELETE", f"{PROJECT}/deployments/{deployments[1]}", key)
    assert objects_in(folder) == []
    check_all_used(folder)


def test_a_deployment_gives_up_only_what_nothing_else_has(api: API, key: str, folder: Path) -> None:
    put(api, key, "kept", b"kept")
    put(api, key, "old", b"old")
    deployment = api("POST", f"{PROJECT}/deployments", key).json()["data"]["id"]
    put(api, key, "old", b"new")
    api("DELETE", f"{PROJECT}/deployments/{deployment}", key)
    assert sorted(path.read_bytes() for path in objects_in(folder)) == [b"kept", b"new"]
    check_all_used(folder)


def test_with_a_project_all_its_objects_go(api: API, key: str, folder: Path, alice: User) -> None:
    other = Project.objects.create(owner=alice, name="Other")
    write_file(other, "x", Source.of(b"other's"), content_type=None, preconditions=Preconditions())
    put(api, key, "x", b"first")
    api("POST", f"{PROJECT}/deployments", key)
    put(api, key, "x", b"second")
    assert api("DELETE", PROJECT, key).status_code == 200
    assert [path.read_bytes() for path in objects_in(folder)] == [b"other's"]
    check_all_used(folder)
    assert api("GET", f"{FILES}/x", key).status_code == 404


def test_with_an_account_all_its_objects_go_at_the_next_housekeeping(
    api: API, key: str, folder: Path, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    put(api, key, "x", b"first")
    api("POST", f"{PROJECT}/deployments", key)
    put(api, key, "x", b"second")
    alice.delete()
    call_command("housekeeping")
    assert "2 stored files" in capsys.readouterr().out
    assert objects_in(folder) == []
    assert not StoredObject.objects.exists()


def test_more_than_one_call_deletes_itself_is_left_to_housekeeping(
    api: API, key: str, folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_objects, "AT_ONCE", 2)
    monkeypatch.setattr(stored_objects, "BATCH_SIZE", 2)
    for number in range(7):
        put(api, key, str(number), b"x")
    api("DELETE", PROJECT, key)
    assert len(objects_in(folder)) == 5
    assert stored_objects.delete_let_go() == 5
    assert objects_in(folder) == []
    assert not StoredObject.objects.exists()


class TestWhatBreaksOff:
    """An upload that does not come to its end."""

    def test_a_body_shorter_than_announced_is_400_and_leaves_nothing(
        self, api: API, key: str, folder: Path
    ) -> None:
        response = put_half(api, key, b"x" * 70_000)
        assert response.status_code == 400
        assert response.json()["error"]["details"] == {"body": ["The body ended early."]}
        assert objects_in(folder) == []
        assert not StoredObject.objects.exists()
        assert api("GET", f"{FILES}/x", key).status_code == 404

    def test_it_leaves_the_version_before_as_it_was(self, api: API, key: str, folder: Path) -> None:
        put(api, key, "x", b"first")
        assert put_half(api, key, b"sec").status_code == 400
        assert api("GET", f"{FILES}/x", key).json()["data"]["content"] == "first"
        assert len(objects_in(folder)) == 1
        check_all_used(folder)

    @pytest.mark.parametrize("error", [RuntimeError("a bug"), SystemExit(1), KeyboardInterrupt()])
    def test_whatever_stops_it_nothing_stays(
        self, project: Project, folder: Path, error: BaseException
    ) -> None:
        def pieces() -> Iterator[bytes]:
            yield b"x" * 100_000
            assert objects_in(folder), "the first piece lies in the storage already"
            raise error

        incoming = pieces()
        source = Source(200_000, lambda size: next(incoming))
        with pytest.raises(type(error)):
            write_file(project, "x", source, content_type=None, preconditions=Preconditions())
        assert objects_in(folder) == []
        assert not StoredObject.objects.exists()
        assert not File.objects.exists()

    def test_a_project_deleted_during_the_upload_takes_it_along(
        self, api: API, key: str, project: Project, folder: Path
    ) -> None:
        content = io.BytesIO(b"x" * 100_000)

        def read(size: int) -> bytes:
            if Project.objects.exists():
                assert api("DELETE", PROJECT, key).status_code == 200
            return content.read(size)

        with pytest.raises(ProjectNotFound):
            write_file(project, "x", Source(100_000, read), content_type=None, preconditions=Preconditions())
        assert objects_in(folder) == []
        assert not StoredObject.objects.exists()

    def test_what_a_killed_process_left_goes_within_an_hour(self, folder: Path) -> None:
        stored = StoredObject.objects.create()
        default_storage.save(stored.name, io.BytesIO(b"the first half"))
        assert stored_objects.delete_let_go() == 0
        assert len(objects_in(folder)) == 1
        StoredObject.objects.update(created_at=timezone.now() - timedelta(minutes=59))
        assert stored_objects.delete_let_go() == 1
        assert objects_in(folder) == []
        assert not StoredObject.objects.exists()

    def test_an_object_in_use_never_goes_however_old(self, api: API, key: str, folder: Path) -> None:
        put(api, key, "x", b"content")
        StoredObject.objects.update(created_at=timezone.now() - timedelta(days=900))
        assert stored_objects.delete_let_go() == 0
        assert api("GET", f"{FILES}/x", key).json()["data"]["content"] == "content"


def test_what_the_storage_does_not_delete_is_tried_again(api: API, key: str, folder: Path) -> None:
    put(api, key, "x", b"content")
    (stored,) = objects_in(folder)
    stored.unlink()
    (stored / "in the way").mkdir(parents=True)
    assert api("DELETE", f"{FILES}/x", key).status_code == 200
    assert stored_objects.delete_let_go() == 0
    (stored / "in the way").rmdir()
    assert stored_objects.delete_let_go() == 1
    assert not stored.exists()


def test_bytes_that_the_storage_has_lost_are_a_500_that_says_nothing(
    api: API, key: str, folder: Path
) -> None:
    put(api, key, "x", b"content")
    (stored,) = objects_in(folder)
    stored.unlink()
    response = api("GET", f"{FILES}/x", key)
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "INTERNAL_ERROR"
    assert stored.name.encode() not in response.content


def test_a_reader_keeps_the_version_it_has_begun(api: API, key: str, folder: Path) -> None:
    put(api, key, "x", b"a" * 500_000)
    reading = api("GET", f"{FILES}/x", key, headers={"Accept": "application/octet-stream"})
    pieces = iter(reading.streaming_content)
    first = next(pieces)
    put(api, key, "x", b"b" * 500_000)
    api("DELETE", f"{FILES}/x", key)
    assert first + b"".join(pieces) == b"a" * 500_000
    assert objects_in(folder) == []


def test_who_is_about_to_read_a_replaced_version_gets_the_new_one(
    api: API, key: str, project: Project
) -> None:
    put(api, key, "x", b"first")
    known = get_file(project, "x")
    put(api, key, "x", b"second")
    file, content = open_file(known)
    with content:
        assert content.read() == b"second"
    assert file.stored_id != known.stored_id
    api("DELETE", f"{FILES}/x", key)
    with pytest.raises(FileNotFound):
        open_file(known)


@pytest.mark.parametrize("size", [5, 3_000_000])
def test_an_answer_to_head_lets_go_of_the_file(size: int) -> None:
    content = io.BytesIO(b"x" * size)
    answer = raw_answer(content, size, "text/plain", is_head=True)
    assert (list(answer), content.closed) == ([], True)
    assert answer["Content-Length"] == str(size)


class TestIncoming:
    """What a storage reads from."""

    def test_size_hash_and_kind_are_the_contents(self) -> None:
        incoming = Incoming(Source.of(b"hello"))
        assert (incoming.read(3), incoming.read(-1), incoming.read(9)) == (b"hel", b"lo", b"")
        assert incoming.size == 5
        assert incoming.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        assert incoming.is_text

    @pytest.mark.parametrize("size", [1, 2, 3, 5])
    @pytest.mark.parametrize(
        ("content", "is_text"),
        [("aé😀".encode(), True), (b"", True), (b"a\0", False), (b"\xff", False), ("é".encode()[:1], False)],
    )
    def test_text_is_known_whatever_the_pieces(self, content: bytes, is_text: bool, size: int) -> None:
        incoming = Incoming(Source.of(content))
        while incoming.read(size):
            pass
        assert incoming.is_text is is_text

    def test_too_early_an_end_is_told_instead_of_given(self) -> None:
        incoming = Incoming(Source(6, io.BytesIO(b"hello").read))
        assert incoming.read(5) == b"hello"
        with pytest.raises(UploadEndedEarly):
            incoming.read(5)

    def test_it_cannot_be_wound_back(self) -> None:
        incoming = Incoming(Source.of(b"x"))
        assert incoming.readable()
        assert not incoming.seekable()


def test_the_limits_of_the_settings_are_those_of_the_readme(settings: Settings) -> None:
    assert settings.FILE_MAX_BYTES == 100 * 1024 * 1024
    assert settings.FILES_PER_PROJECT == 10_000
