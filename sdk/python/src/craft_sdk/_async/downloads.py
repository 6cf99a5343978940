"""The content of a file on its way from Craft: read once, bit by bit, in an `async with` block."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

import httpx

from craft_sdk._async.transport import AsyncTransport
from craft_sdk._bodies import CHUNK, OnProgress
from craft_sdk._downloads import Content, part_of
from craft_sdk._waiting import AsyncWaiting
from craft_sdk.errors import CraftError


class AsyncFileDownload(Content):
    """A context manager that gives itself: iterate over it, or `read()` or `save(path)` it, once."""

    def __init__(self, transport: AsyncTransport, path: str, on_progress: OnProgress | None) -> None:
        super().__init__(path, on_progress)
        self._transport = transport

    async def __aenter__(self) -> "AsyncFileDownload":
        reply = await self._transport.talk(self._call, is_stream=True)
        try:
            self._begin(reply)
        except CraftError:
            await reply.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open().aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks. Raises APIConnectionError when the connection breaks off."""
        failure: httpx.RequestError | None = None
        try:
            async for chunk in self._unread().aiter_bytes(CHUNK):
                self._count(chunk)
                yield chunk
        except httpx.RequestError as error:
            failure = error
        self._finish(failure)

    async def read(self) -> bytes:
        """All of it, in memory. Raises APIConnectionError."""
        return b"".join([chunk async for chunk in self])

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which is there only once it is complete; its path.

        Raises APIConnectionError, OSError.
        """
        target = Path(path)
        part = part_of(target)
        try:
            with await AsyncWaiting.in_thread(part.open, "xb") as file:
                async for chunk in self:
                    await AsyncWaiting.in_thread(file.write, chunk)
            return await AsyncWaiting.in_thread(part.replace, target)
        finally:
            part.unlink(missing_ok=True)
