"""The storage as the rules see it: whatever is wrong with it is StorageUnavailable, and the log says what."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

log = logging.getLogger(__name__)


class StorageUnavailable(Exception):
    """The storage is full, read-only, away or too slow. Nothing was changed.

    `is_far`: it is another server's, which may be silent: to ask it again would take as long once more.
    """

    def __init__(self, *, is_far: bool = False) -> None:
        super().__init__()
        self.is_far = is_far


def check_present() -> None:
    """Raise StorageUnavailable when it can be known at once that the storage is not there."""
    check = getattr(default_storage, "check_present", None)
    if check is not None:
        with _translated("be reached"):
            check()


def save(name: str, content: "File[bytes]") -> None:
    """Store the content; once this returns it survives a power cut. Raises StorageUnavailable."""
    with _translated(f"take {name}"):
        default_storage.save(name, content)


def open_bytes(name: str) -> IO[bytes]:
    """The bytes, open. Raises FileNotFoundError when the storage has none there, StorageUnavailable."""
    with _translated(f"read {name}", but_for=(FileNotFoundError,)):
        return default_storage.open(name)


def delete_bytes(name: str) -> None:
    """Delete the bytes, if there are any. Raises StorageUnavailable."""
    with _translated(f"delete {name}"):
        default_storage.delete(name)


@contextmanager
def _translated(what: str, *, but_for: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    try:
        yield
    except but_for:
        raise
    except _faults() as error:
        log.error("the storage cannot %s: %s", what, error)  # noqa: TRY400  a full disk needs no traceback
        # Not by the error: some of S3's are OSErrors, too.
        is_far = not isinstance(default_storage, FileSystemStorage)
        raise StorageUnavailable(is_far=is_far) from error


@cache
def _faults() -> tuple[type[Exception], ...]:
    """What a storage raises when it is at fault: a disk's errors, and those of S3 where that is installed."""
    faults: tuple[type[Exception], ...] = (OSError,)
    if find_spec("boto3"):
        botocore, boto3 = import_module("botocore.exceptions"), import_module("boto3.exceptions")
        faults += (botocore.BotoCoreError, botocore.ClientError, boto3.Boto3Error)
    return faults
