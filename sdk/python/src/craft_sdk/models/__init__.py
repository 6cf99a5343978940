"""What several resources share."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Scope = Literal["read", "write", "delete", "admin"]
Order = Literal["asc", "desc"]


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """What was deleted.

    Attributes:
        id: its id; for a file its path, for a session None.
    """

    id: str | None
    deleted: bool


@dataclass(frozen=True, kw_only=True)
class Pagination:
    """Where in a list a page is.

    Attributes:
        page: from 1.
        limit: the most items a page has.
        total: how many items there are on all pages.
        total_pages: 0 when there is nothing.
        has_more: whether another page follows.
    """

    page: int
    limit: int
    total: int
    total_pages: int
    has_more: bool


@dataclass(frozen=True)
class PageData(Generic[T]):
    """A page of a list as it came."""

    items: tuple[T, ...]
    pagination: Pagination
