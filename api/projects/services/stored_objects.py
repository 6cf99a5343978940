"""Stored objects: bytes go into the storage in a stream, and go again once nothing needs them.

The row is committed before the first byte and deleted after the last. So whatever breaks, and wherever, an
object that nobody needs is found by its row; the storage, which may be far away, is never listed.
"""

import codecs
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, cast

from django.core.files import File as StorageFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from api.projects.models import DeploymentFile, File, Project, StoredObject
from api.projects.services import deletion_hold, storage
from api.projects.services.storage import StorageUnavailable

UPLOAD_TAKES_AT_MOST = timedelta(minutes=30)
LEFT_BEHIND_AFTER = timedelta(
    minutes=50
)  # with housekeeping's minute, what a killed upload left goes in an hour
AT_ONCE = 100  # how many objects one call deletes itself; housekeeping deletes the rest within a minute
BATCH_SIZE = 100


class UploadEndedEarly(Exception):
    """Fewer bytes came than were announced."""


class UploadTooSlow(Exception):
    """The bytes did not come within UPLOAD_TAKES_AT_MOST."""


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes to come: `length` of them, by `read(at most so many)`, which gives b"" at the end."""

    length: int
    read: Callable[[int], bytes]

    @classmethod
    def of(cls, content: bytes) -> "Source":
        """Bytes that are here already."""
        return cls(len(content), io.BytesIO(content).read)


class Incoming(io.RawIOBase):
    """What a storage reads from: once, from the front, while size, hash and kind are found out."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._hash = hashlib.sha256()
        self._decode: Callable[..., str] | None = codecs.getincrementaldecoder("utf-8")().decode
        self._ends_at = time.monotonic() + UPLOAD_TAKES_AT_MOST.total_seconds()
        self.size = 0

    def readable(self) -> bool:
        """Yes; and it cannot be wound back."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all with -1. Raises UploadEndedEarly for a short end, UploadTooSlow."""
        chunk = self._source.read(self._source.length - self.size if size < 0 else size)
        if time.monotonic() > self._ends_at:
            raise UploadTooSlow
        if not chunk and self.size < self._source.length:
            raise UploadEndedEarly
        self.size += len(chunk)
        self._hash.update(chunk)
        self._look_for_text(chunk, is_end=not chunk)
        return chunk

    @property
    def sha256(self) -> str:
        """Of what was read, hexadecimal."""
        return self._hash.hexdigest()

    @property
    def is_text(self) -> bool:
        """Whether what was read, to its end, is UTF-8 without NUL."""
        self._look_for_text(b"", is_end=True)
        return self._decode is not None

    def _look_for_text(self, chunk: bytes, *, is_end: bool) -> None:
        if self._decode is None:
            return
        try:
            self._decode(chunk, is_end)
            is_text = b"\0" not in chunk
        except UnicodeDecodeError:
            is_text = False
        if not is_text:
            self._decode = None


@contextmanager
def received(source: Source) -> Iterator[StoredObject]:
    """Store the bytes of `source`; unless the block `keep`s them, and if anything fails, they go again.

    Not inside a transaction: a client may take its time. Raises UploadEndedEarly, UploadTooSlow,
    StorageUnavailable.
    """
    storage.check_present()
    stored = StoredObject.objects.create()
    try:
        incoming = Incoming(source)
        storage.save(stored.name, StorageFile(cast("IO[bytes]", incoming), stored.name))
        stored.size, stored.sha256, stored.is_text = incoming.size, incoming.sha256, incoming.is_text
        yield stored
    except BaseException as error:
        # Nobody waits twice for a bucket that is silent: what it has, if anything, housekeeping deletes.
        if not (isinstance(error, StorageUnavailable) and error.is_far):
            delete(StoredObject.objects.filter(pk=stored.pk))
        raise


def keep(stored: StoredObject, project: Project) -> None:
    """Make a received object the locked project's, whose `stored_bytes` the caller saves.

    In the transaction that first refers to it.
    """
    stored.project = project
    project.stored_bytes += stored.size or 0
    stored.save(update_fields=["project", "size", "sha256", "is_text"])


def let_go(objects: "QuerySet[StoredObject]", project: Project) -> None:
    """Give up objects that nothing needs any more; the bytes go once the transaction is through.

    In the transaction that drops the last reference, under the project's lock: only what holds that lock
    can refer to an object of the project anew. The caller saves the project's `stored_bytes`.
    """
    project.stored_bytes -= objects.aggregate(size=Sum("size"))["size"] or 0
    first = list(objects.values_list("pk", flat=True)[:AT_ONCE])
    objects.update(project=None)
    transaction.on_commit(lambda: delete(StoredObject.objects.filter(pk__in=first)), robust=True)


def unused(*, but_for: Q | None = None) -> "QuerySet[StoredObject]":
    """Objects that no file and no deployment refers to, rows of deployments that match `but_for` aside."""
    snapshots = DeploymentFile.objects.filter(stored=OuterRef("pk"))
    if but_for is not None:
        snapshots = snapshots.exclude(but_for)
    return StoredObject.objects.filter(
        ~Exists(File.objects.filter(stored=OuterRef("pk"))), ~Exists(snapshots), project__isnull=False
    )


def is_published(stored: StoredObject) -> bool:
    """Whether a deployment has it."""
    return DeploymentFile.objects.filter(stored=stored).exists()


def delete_let_go() -> int:
    """Delete what was let go and what was left of uploads that broke off unseen; return how many went."""
    try:
        storage.check_present()
    except StorageUnavailable:
        return 0
    stale = Q(created_at__lt=timezone.now() - LEFT_BEHIND_AFTER)
    return delete(StoredObject.objects.filter(stale | Q(size__isnull=False)))


def delete(objects: "QuerySet[StoredObject]") -> int:
    """Delete those of the objects that have no project: first the bytes, then the row. Return how many went.

    None while a backup is made. What another process is deleting is left to it; what the storage refuses to
    delete is tried again by housekeeping, as all is once a bucket does not answer.
    """
    deleted, last, is_silent = 0, 0, False
    while not is_silent:
        with transaction.atomic():
            if not deletion_hold.may_delete():
                return deleted
            locked = objects.filter(project=None, pk__gt=last).select_for_update(skip_locked=True)
            batch = list(locked.order_by("pk")[:BATCH_SIZE])
            if not batch:
                return deleted
            gone, is_silent = _delete_bytes(batch)
            StoredObject.objects.filter(pk__in=gone).delete()
        deleted, last = deleted + len(gone), batch[-1].pk
    return deleted


def _delete_bytes(batch: list[StoredObject]) -> tuple[list[int], bool]:
    """The primary keys of those whose bytes went, and whether a bucket failed: then it is asked no more."""
    gone: list[int] = []
    for stored in batch:
        try:
            storage.delete_bytes(stored.name)
        except StorageUnavailable as error:
            if error.is_far:
                return gone, True
        else:
            gone.append(stored.pk)
    return gone, False
