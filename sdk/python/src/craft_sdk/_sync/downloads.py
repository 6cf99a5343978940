# Made of ../_async/downloads.py by `make sdk-generate`: change that one.
"""The content of a file on its way from Craft: read once, bit by bit, in a `with` block."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import httpx

from craft_sdk._bodies import CHUNK, OnProgress
from craft_sdk._downloads import Content, part_of
from craft_sdk._sync.transport import Transport
from craft_sdk._waiting import Waiting
from craft_sdk.errors import CraftError


class FileDownload(Content):
    """A context manager that gives itself: iterate over it, or `read()` or `save(path)` it, once."""

    def __init__(self, transport: Transport, path: str, on_progress: OnProgress | None) -> None:
        super().__init__(path, on_progress)
        self._transport = transport

    def __enter__(self) -> "FileDownload":
        reply = self._transport.talk(self._call, is_stream=True)
        try:
            self._begin(reply)
        except CraftError:
            reply.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open().close()

    def __iter__(self) -> Iterator[bytes]:
        """The chunks. Raises APIConnectionError when the connection breaks off."""
        failure: httpx.RequestError | None = None
        try:
            for chunk in self._unread().iter_bytes(CHUNK):
                self._count(chunk)
                yield chunk
        except httpx.RequestError as error:
            failure = error
        self._finish(failure)

    def read(self) -> bytes:
        """All of it, in memory. Raises APIConnectionError."""
        return b"".join(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which is there only once it is complete; its path.

        Raises APIConnectionError, OSError.
        """
        target = Path(path)
        part = part_of(target)
        try:
            with Waiting.in_thread(part.open, "xb") as file:
                for chunk in self:
                    Waiting.in_thread(file.write, chunk)
            return Waiting.in_thread(part.replace, target)
        finally:
            part.unlink(missing_ok=True)
