"""Lists: the first page at once, the others when they are asked for.

A list may change while it is read. Collect what you are about to delete before you delete it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from craft_sdk.models import Pagination

T = TypeVar("T")


@dataclass(frozen=True)
class PageData(Generic[T]):
    """A page as it came."""

    items: tuple[T, ...]
    pagination: Pagination


class _Items(Sequence[T]):
    """The items of one page."""

    def __init__(self, data: PageData[T]) -> None:
        self._items = data.items
        self.pagination = data.pagination

    @property
    def total(self) -> int:
        """How many items there are on all pages."""
        return self.pagination.total

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        place = f"page {self.pagination.page} of {self.pagination.total_pages}"
        return f"<{type(self).__name__}: {place}, {len(self)} of {self.total} items>"


class Page(_Items[T]):
    """One page of a list: a sequence of its items."""

    def __init__(self, data: PageData[T], fetch: Callable[[int], PageData[T]]) -> None:
        super().__init__(data)
        self._fetch = fetch

    def all(self) -> Iterator[T]:
        """This page's items, then those of all pages after it, each fetched when it is needed.

        Raises CraftError.
        """
        yield from self._items
        page, has_more = self.pagination.page, self.pagination.has_more
        while has_more:
            page += 1
            data = self._fetch(page)
            yield from data.items
            has_more = data.pagination.has_more and bool(data.items)  # no broken answer goes on for ever


class AsyncPage(_Items[T]):
    """One page of a list: a sequence of its items."""

    def __init__(self, data: PageData[T], fetch: Callable[[int], Awaitable[PageData[T]]]) -> None:
        super().__init__(data)
        self._fetch = fetch

    async def all(self) -> AsyncIterator[T]:
        """This page's items, then those of all pages after it, each fetched when it is needed.

        Raises CraftError.
        """
        for item in self._items:
            yield item
        page, has_more = self.pagination.page, self.pagination.has_more
        while has_more:
            page += 1
            data = await self._fetch(page)
            for item in data.items:
                yield item
            has_more = data.pagination.has_more and bool(data.items)
