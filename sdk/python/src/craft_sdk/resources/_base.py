"""What the resources of both clients stand on."""

from typing import TypeVar

from craft_sdk._calls import Call
from craft_sdk._transport import AsyncTransport, Transport
from craft_sdk.pages import AsyncPage, Page, PageData

T = TypeVar("T")


class Resource:
    """A resource of a CraftClient."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _run(self, call: Call[T]) -> T:
        return self._transport.run(call)

    def _page(self, call: Call[PageData[T]]) -> Page[T]:
        return Page(self._run(call), lambda number: self._run(call.with_page(number)))


class AsyncResource:
    """A resource of an AsyncCraftClient."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _run(self, call: Call[T]) -> T:
        return await self._transport.run(call)

    async def _page(self, call: Call[PageData[T]]) -> AsyncPage[T]:
        return AsyncPage(await self._run(call), lambda number: self._run(call.with_page(number)))
