"""The content of a file on its way to Craft, chunk by chunk: its size is always known beforehand."""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TypeGuard

from craft_sdk.errors import invalid

CHUNK = 256 * 1024  # bytes
NOT_BYTES = "This must be bytes, a Path, an open binary file or an iterator of bytes: encode text."

Content = bytes | bytearray | memoryview | Path | BinaryIO | Iterable[bytes]
AsyncContent = Content | AsyncIterable[bytes]
OnProgress = Callable[[int, int], object]  # (bytes so far, bytes in all)


class Body:
    """Content of a known size. `can_repeat`: whether it can be read from its begin once more."""

    def __init__(self, content: AsyncContent, size: int | None, on_progress: OnProgress | None) -> None:
        """Raises InvalidRequestError when the size is neither known nor given, OSError from a file."""
        if not _is_content(content):
            raise invalid("content", NOT_BYTES)
        self._on_progress = on_progress
        self._later = content if isinstance(content, AsyncIterable) else None
        self._pieces, known = _source(content)
        self.can_repeat = known is not None
        if known is None and size is None:
            raise invalid("size", "Give the size of the content in bytes: it cannot be told beforehand.")
        if size is not None and not _is_size(size):
            raise invalid("size", "This must be a whole number of bytes from 0.")
        if None not in (size, known) and size != known:
            raise invalid("size", f"This is {size}, but the content has {known} bytes.")
        self.size: int = (known if known is not None else size) or 0

    def chunks(self) -> Iterator[bytes]:
        """All of it. Raises InvalidRequestError when it is not as long as it was said to be."""
        sent = 0
        for chunk in self._pieces():
            sent = self._count(sent, chunk)
            yield chunk
            self._report(sent)
        self._finish(sent)

    async def achunks(self) -> AsyncIterator[bytes]:
        """The same for asyncio; a file is read in a thread."""
        sent = 0
        async for chunk in self._later or _in_thread(self._pieces()):
            sent = self._count(sent, chunk)
            yield chunk
            self._report(sent)
        self._finish(sent)

    def _count(self, sent: int, chunk: object) -> int:
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise invalid("content", NOT_BYTES)
        sent += len(chunk)
        if sent > self.size:
            raise invalid("size", f"This is {self.size}, but the content has more bytes.")
        return sent

    def _finish(self, sent: int) -> None:
        if sent != self.size:
            raise invalid("size", f"This is {self.size}, but the content ended after {sent} bytes.")
        if sent == 0:
            self._report(0)

    def _report(self, sent: int) -> None:
        if self._on_progress is not None:
            self._on_progress(sent, self.size)


def _source(content: AsyncContent) -> tuple[Callable[[], Iterator[bytes]], int | None]:
    """What begins to read the content, and its size; None when it can be read once only."""
    if isinstance(content, bytes | bytearray | memoryview):
        view = memoryview(content).cast("B")
        return lambda: _slices(view), view.nbytes
    if isinstance(content, Path):
        return lambda: _read_path(content), content.stat().st_size
    if isinstance(content, AsyncIterable):
        return _refuse, None
    if _is_file(content):
        if not content.seekable():
            return lambda: _read(content), None
        start = content.tell()
        size = content.seek(0, os.SEEK_END) - start
        return lambda: _read_from(content, start), size
    return lambda: iter(content), None


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_content(content: object) -> bool:
    is_text = isinstance(content, str | Mapping)  # which could be iterated over as well
    return not is_text and (isinstance(content, Iterable | AsyncIterable | Path) or _is_file(content))


def _is_file(content: object) -> TypeGuard[BinaryIO]:
    return hasattr(content, "read") and hasattr(content, "seekable")


def _slices(view: memoryview) -> Iterator[bytes]:
    for at in range(0, view.nbytes, CHUNK):
        yield bytes(view[at : at + CHUNK])


def _read_path(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _read(file)


def _read_from(file: BinaryIO, start: int) -> Iterator[bytes]:
    file.seek(start)
    yield from _read(file)


def _read(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _refuse() -> Iterator[bytes]:
    raise invalid("content", "Content that comes asynchronously needs an AsyncCraftClient.")


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
