# Made of ../_async/pages.py by `make sdk-generate`: change that one.
"""Lists: the first page at once, the others when they are asked for.

A list may change while it is read. Collect what you are about to delete before you delete it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

from craft_sdk._answers import PageData

T = TypeVar("T")


class Page(Sequence[T]):
    """One page of a list: a sequence of its items."""

    def __init__(self, data: PageData[T], fetch: Callable[[int], PageData[T]]) -> None:
        self._data = data
        self._fetch = fetch
        self.pagination = data.pagination

    @property
    def total(self) -> int:
        """How many items there are on all pages."""
        return self.pagination.total

    def all(self) -> Iterator[T]:
        """This page's items, then those of all pages after it, each fetched when it is needed.

        Raises CraftError.
        """
        data = self._data
        page = self.pagination.page
        for item in data.items:
            yield item
        while data.pagination.has_more and data.items:  # else a broken answer could go on for ever
            page += 1
            data = self._fetch(page)
            for item in data.items:
                yield item

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._data.items[index]

    def __len__(self) -> int:
        return len(self._data.items)

    def __repr__(self) -> str:
        place = f"page {self.pagination.page} of {self.pagination.total_pages}"
        return f"<{type(self).__name__}: {place}, {len(self)} of {self.total} items>"
