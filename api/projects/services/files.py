"""The rules about a project's files."""

from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from api.projects.content_types import guess_type
from api.projects.models import File, Project
from api.projects.preconditions import Preconditions
from api.projects.services import storage, stored_objects
from api.projects.services.projects import lock_project
from api.projects.services.storage_room import check_room
from api.projects.services.stored_objects import Source


class FileNotFound(Exception):
    """The project has no file at this path."""


class FileExists(Exception):
    """The project has a file at this path already."""


class TooManyFiles(Exception):
    """The project holds as many files as it may; the message says how many."""


def files_of(project: Project) -> "QuerySet[File]":
    """The project's files as they are now, without their content."""
    return File.objects.filter(project=project)


def get_file(project: Project, path: str) -> File:
    """The file at a path, with its `stored`. Raises FileNotFound."""
    file = files_of(project).select_related("stored").filter(path=path).first()
    if file is None:
        raise FileNotFound
    return file


def open_file(file: File) -> tuple[File, IO[bytes]]:
    """A file and its bytes, open; the newest version should this one have been replaced meanwhile.

    Raises FileNotFound, StorageUnavailable; FileNotFoundError when the storage has lost the bytes.
    """
    while True:
        try:
            return file, storage.open_bytes(file.stored.name)
        except FileNotFoundError:
            newest = get_file(file.project, file.path)
            if newest.stored_id == file.stored_id:
                raise
            file = newest


def write_file(
    project: Project,
    path: str,
    source: Source,
    *,
    content_type: str | None,
    preconditions: Preconditions,
    may_replace: bool = True,
) -> tuple[File, bool]:
    """Write a checked path: a new file, or a new version. Return it and whether it is new.

    Without `content_type` it is guessed. All or nothing: what is refused or breaks off leaves no trace.
    Raises VersionMismatch, FileExists, TooManyFiles, StorageFull, ProjectNotFound, UploadEndedEarly,
    UploadTooSlow, StorageUnavailable.
    """
    replaced = files_of(project).select_related("stored").filter(path=path).first()
    check_room(project.owner, _growth(replaced, source.length))  # before the first byte is read
    with stored_objects.received(source) as stored, transaction.atomic():
        locked = lock_project(project)
        file = files_of(locked).select_related("stored").filter(path=path).first()
        if file is not None and not may_replace:
            raise FileExists
        preconditions.check_change(file.stored.sha256 if file else None)
        if file is None and locked.file_count >= settings.FILES_PER_PROJECT:
            raise TooManyFiles(f"The project holds {settings.FILES_PER_PROJECT:,} files, the most it may")
        check_room(locked.owner, _growth(file, stored.size or 0))
        stored_objects.keep(stored, locked)
        now = timezone.now()
        content_type = content_type or guess_type(path, is_text=stored.is_text)
        if file is None:
            file = File.objects.create(
                project=locked,
                path=path,
                stored=stored,
                content_type=content_type,
                created_at=now,
                updated_at=now,
            )
            _count(locked, 1)
            return file, True
        before = stored_objects.unused().filter(pk=file.stored_id)
        file.stored, file.content_type, file.updated_at = stored, content_type, now
        file.save(update_fields=["stored", "content_type", "updated_at"])
        stored_objects.let_go(before, locked)
        _count(locked, 0)
        return file, False


@transaction.atomic
def delete_file(project: Project, path: str, *, preconditions: Preconditions) -> None:
    """Delete the file at a path. Raises FileNotFound, PreconditionFailed, ProjectNotFound."""
    locked = lock_project(project)
    file = get_file(locked, path)
    preconditions.check_change(file.stored.sha256)
    file.delete()
    stored_objects.let_go(stored_objects.unused().filter(pk=file.stored_id), locked)
    _count(locked, -1)


def _count(locked: Project, difference: int) -> None:
    locked.file_count += difference
    locked.last_edited_at = timezone.now()
    locked.save(update_fields=["file_count", "stored_bytes", "last_edited_at"])


def _growth(replaced: File | None, size: int) -> int:
    """How many bytes more the storage holds with a version of this size; the old goes if unpublished."""
    if replaced is None or stored_objects.is_published(replaced.stored):
        return size
    return size - (replaced.stored.size or 0)
