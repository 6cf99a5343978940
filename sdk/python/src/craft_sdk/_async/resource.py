"""What the resources stand on."""

from typing import TypeVar

from craft_sdk._answers import PageData
from craft_sdk._async.pages import AsyncPage
from craft_sdk._async.transport import AsyncTransport
from craft_sdk._calls import Call

T = TypeVar("T")


class AsyncResource:
    """A part of the API, as an attribute of the client."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _run(self, call: Call[T]) -> T:
        return await self._transport.run(call)

    async def _page(self, call: Call[PageData[T]]) -> AsyncPage[T]:
        return AsyncPage(await self._run(call), lambda number: self._run(call.with_page(number)))
