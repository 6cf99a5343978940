"""The content of a file on its way from Craft: read once, bit by bit, in a `with` block."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import httpx

from craft_sdk import _answers
from craft_sdk._answers import Reply
from craft_sdk._bodies import CHUNK, OnProgress
from craft_sdk._calls import Call
from craft_sdk._transport import AsyncTransport, Transport, bare, broken
from craft_sdk.errors import APIConnectionError, CraftError

# Compressed on the way, the length would be another.
HEADERS = {"Accept": "application/octet-stream", "Accept-Encoding": "identity"}


def downloading(path: str) -> Call[Reply]:
    """Read a file as it is."""
    return Call("GET", path, _answers.stream, headers=HEADERS)


class _Content:
    """What is known of the content before it is read: `size` in bytes, `content_type`, `sha256`."""

    size: int
    content_type: str
    sha256: str

    def __init__(self, call: Call[Reply], on_progress: OnProgress | None) -> None:
        self._call = call
        self._on_progress = on_progress
        self._response: httpx.Response | None = None
        self._received = 0
        self._digest = hashlib.sha256()

    def _begin(self, reply: Reply) -> None:
        """Take an answer that is a whole file. Raises CraftError."""
        stream = self._call.read(reply).stream
        tag = re.fullmatch('(?:W/)?"([0-9a-f]{64})"', reply.headers.get("ETag", ""))
        if reply.status != 200 or tag is None:  # a part of it, or somebody else's page
            raise _answers.unexpected(reply)
        self._response = stream
        self.sha256 = tag[1]
        self.size = int(reply.headers.get("Content-Length", "0"))
        self.content_type = reply.headers.get("Content-Type", "application/octet-stream")

    def _open(self) -> httpx.Response:
        if self._response is None:
            raise RuntimeError("Open the download with a with block first.")
        return self._response

    def _unread(self) -> httpx.Response:
        response = self._open()
        if response.is_stream_consumed or response.is_closed:
            raise RuntimeError("A download is read once, within its with block: ask for it again.")
        return response

    def _broken(self, error: httpx.RequestError) -> APIConnectionError:
        return broken(error, self._call, self._received, self.size)

    def _count(self, chunk: bytes) -> None:
        self._received += len(chunk)
        self._digest.update(chunk)
        if self._on_progress is not None:
            self._on_progress(self._received, self.size)

    def _finish(self) -> None:
        """Check that all of it has come, and nothing else. Raises APIConnectionError."""
        if self._received == 0:
            self._count(b"")
        if self._digest.hexdigest() != self.sha256:
            raise APIConnectionError(
                f"The content of GET {self._call.path} was cut or changed on the way: "
                "its SHA-256 is not the one that was announced."
            )


class Download(_Content):
    """A context manager that gives itself: iterate over it, or `read()` or `save(path)` it, once."""

    def __init__(self, transport: Transport, call: Call[Reply], on_progress: OnProgress | None) -> None:
        super().__init__(call, on_progress)
        self._transport = transport

    def __enter__(self) -> "Download":
        reply = self._transport.talk(self._call, is_stream=True)
        try:
            self._begin(reply)
        except CraftError:
            if reply.stream is not None:
                reply.stream.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open().close()

    def __iter__(self) -> Iterator[bytes]:
        """The chunks. Raises APIConnectionError when the connection breaks off."""
        try:
            for chunk in self._unread().iter_bytes(CHUNK):
                self._count(chunk)
                yield chunk
            self._finish()
        except httpx.RequestError as error:
            raise self._broken(error) from bare(error, self._call)

    def read(self) -> bytes:
        """All of it, in memory. Raises APIConnectionError."""
        return b"".join(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which is there only once it is complete; its path.

        Raises APIConnectionError, OSError.
        """
        target = Path(path)
        part = _part_of(target)
        try:
            with part.open("xb") as file:
                for chunk in self:
                    file.write(chunk)
            return part.replace(target)
        finally:
            part.unlink(missing_ok=True)


class AsyncDownload(_Content):
    """The same for asyncio: `async with`, `async for`, `await read()`, `await save(path)`."""

    def __init__(self, transport: AsyncTransport, call: Call[Reply], on_progress: OnProgress | None) -> None:
        super().__init__(call, on_progress)
        self._transport = transport

    async def __aenter__(self) -> "AsyncDownload":
        reply = await self._transport.talk(self._call, is_stream=True)
        try:
            self._begin(reply)
        except CraftError:
            if reply.stream is not None:
                await reply.stream.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open().aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks. Raises APIConnectionError when the connection breaks off."""
        try:
            async for chunk in self._unread().aiter_bytes(CHUNK):
                self._count(chunk)
                yield chunk
            self._finish()
        except httpx.RequestError as error:
            raise self._broken(error) from bare(error, self._call)

    async def read(self) -> bytes:
        """All of it, in memory. Raises APIConnectionError."""
        return b"".join([chunk async for chunk in self])

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which is there only once it is complete; its path.

        Raises APIConnectionError, OSError.
        """
        target = Path(path)
        part = _part_of(target)
        try:
            with await asyncio.to_thread(part.open, "xb") as file:
                await self._write(file)
            return await asyncio.to_thread(part.replace, target)
        finally:
            part.unlink(missing_ok=True)

    async def _write(self, file: BinaryIO) -> None:
        async for chunk in self:
            await asyncio.to_thread(file.write, chunk)


def _part_of(target: Path) -> Path:
    """Where a file grows until it is complete: beside its place, so that it can be moved there."""
    return target.with_name(f".{secrets.token_hex(8)}.part")
