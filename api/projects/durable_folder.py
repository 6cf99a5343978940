"""The storage in a local folder: what it has taken survives a power cut, and it never makes itself anew."""

import os
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class FolderMissing(OSError):
    """The folder is not there: a disk that is not mounted, a share that is away."""


class DurableFolder(FileSystemStorage):
    """Django's FileSystemStorage, synced to the disk before it says that a file is saved.

    The folder itself is made when the server starts (craft.serve) and never while it runs: in the place of a
    disk that went away, a new one would take files that are gone once the disk is back.
    """

    def check_present(self) -> None:
        """Raise FolderMissing unless the folder is there."""
        if not Path(self.location).is_dir():
            raise FolderMissing(f"{self.location} is not there")

    def _save(self, name: str, content: File) -> str:
        self.check_present()
        saved: str = super()._save(name, content)  # type: ignore[misc]  # Django's own, without a type
        path = Path(self.path(saved))
        # A name is durable with its folder, and a folder that may be new with the one that holds it.
        for each in (path, path.parent, Path(self.location)):
            _sync(each)
        return saved

    def _open(self, name: str, mode: str = "rb") -> Any:
        try:
            return super()._open(name, mode)  # type: ignore[misc]  # Django's own, without a type
        except FileNotFoundError:
            self.check_present()
            raise

    def delete(self, name: str) -> None:
        """Delete what there is. A read-only disk refuses even to delete what there is not."""
        self.check_present()
        try:
            os.lstat(self.path(name))
        except FileNotFoundError:
            return
        super().delete(name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
