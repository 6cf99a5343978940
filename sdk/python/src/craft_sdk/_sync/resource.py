# Made of ../_async/resource.py by `make sdk-generate`: change that one.
"""What the resources stand on."""

from typing import TypeVar

from craft_sdk._answers import PageData
from craft_sdk._calls import Call
from craft_sdk._sync.pages import Page
from craft_sdk._sync.transport import Transport

T = TypeVar("T")


class Resource:
    """A part of the API, as an attribute of the client."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _run(self, call: Call[T]) -> T:
        return self._transport.run(call)

    def _page(self, call: Call[PageData[T]]) -> Page[T]:
        return Page(self._run(call), lambda number: self._run(call.with_page(number)))
