"""The first page of a list and how many rows there are, by one statement that is built once.

To build and compile the two querysets takes longer than the database needs for both: see tests/bench.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from accounts.utils.compiled_query import AN_ID, PLACEHOLDER, CompiledQuery, Row
from api.pagination import Listing

QUERIES_KEPT = 128  # each order, set of filters and limit has its own


class RowCount(Subquery):
    """How many rows a queryset has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class FirstPage:
    """Of the rows that one person owns.

    `owned(owner_id)` selects them, `shown` adds what is shown with each; `columns` are what a row has.
    """

    def __init__(
        self,
        owned: Callable[[int], QuerySet[Any]],
        shown: Callable[[QuerySet[Any]], QuerySet[Any]],
        columns: tuple[str, ...],
    ) -> None:
        self._owned, self._shown, self._columns = owned, shown, columns
        self._query = lru_cache(maxsize=QUERIES_KEPT)(self._compile)

    def of(self, owner_id: int, listing: Listing) -> tuple[list[dict[str, Any]], int]:
        """Its rows by column, and how many there are in all. `listing.page` is 1."""
        names = tuple(sorted(listing.filters))
        query = self._query(listing.order_by, names, listing.limit)
        found = query.all(owner_id, *(listing.filters[name] for name in names))
        total = found[0][-1] if found else 0
        return [dict(zip(self._columns, row, strict=False)) for row in found], total  # but for the count

    def _compile(self, order_by: tuple[str, ...], names: tuple[str, ...], limit: int) -> CompiledQuery:
        def build(owner_id: int, *values: str) -> QuerySet[Any, Row]:
            rows = self._owned(owner_id).filter(**dict(zip(names, values, strict=True)))
            shown = self._shown(rows).order_by(*order_by).values_list(*self._columns)
            first: QuerySet[Any, Row] = shown.annotate(total=RowCount(rows.order_by().values("pk")))[:limit]
            return first

        placeholders = [f"{PLACEHOLDER}{name}" for name in names]
        return CompiledQuery(build, [AN_ID, *placeholders])
