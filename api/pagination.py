"""List parameters: page, limit, sort, order and the filters a list names."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from api.errors import Invalid

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_PAGE = 999_999_999
NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list asks for. `order_by` are ORM names, `filters` the given ones only."""

    page: int
    limit: int
    order_by: tuple[str, str]
    filters: dict[str, str]

    def slice(self, rows: QuerySet[Any, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The page's rows and the `pagination` object; two queries, one when it is past the end.

        A later page is found by its ids, which an index in the right order has by itself: what comes before
        the page is skipped there, and its rows are not read.
        """
        total = rows.count()
        start = (self.page - 1) * self.limit
        ordered = rows.order_by(*self.order_by)
        found: list[Any] = []
        if 0 < start < total:
            ids = ordered.values("pk")[start : start + self.limit]
            found = list(ordered.filter(pk__in=ids))
        elif start < total:
            found = list(ordered[: self.limit])
        return found, self.pagination(total)

    def pagination(self, total: int) -> dict[str, Any]:
        """What the answer says of a list of `total` rows."""
        return {
            "page": self.page,
            "limit": self.limit,
            "total": total,
            "totalPages": -(-total // self.limit),
            "hasMore": self.page * self.limit < total,
        }


def read_listing(request: Request, *, sorts: dict[str, str], filters: dict[str, list[str]]) -> Listing:
    """Read and check the query string. Raises Invalid with every fault.

    `sorts`: name in the API → name in the ORM. `filters`: name → the values it takes.
    """
    details: dict[str, list[str]] = {}
    given: dict[str, str] = {}
    for name, values in request.query_params.lists():
        if name not in ("page", "limit", "sort", "order", *filters):
            details[name] = ["Unknown parameter."]
        elif len(values) > 1:
            details[name] = ["Give this once."]
        else:
            given[name] = values[0]

    def number(name: str, default: int, most: int | None) -> int:
        text = given.get(name, str(default))
        value = int(text) if NUMBER.fullmatch(text) else 0
        if value < 1 or (most is not None and value > most):
            details[name] = [f"This must be a whole number from 1{f' to {most}' if most else ''}."]
        return value

    def choice(name: str, default: str, choices: list[str]) -> str:
        value = given.get(name, default)
        if value not in choices:
            details[name] = [f"This must be one of: {', '.join(choices)}."]
        return value

    page, limit = number("page", 1, None), number("limit", DEFAULT_LIMIT, MAX_LIMIT)
    sort, order = choice("sort", "createdAt", list(sorts)), choice("order", "desc", ["asc", "desc"])
    chosen = {name: choice(name, "", values) for name, values in filters.items() if name in given}
    if details:
        raise Invalid(details)
    sign = "-" if order == "desc" else ""
    return Listing(page, limit, (f"{sign}{sorts[sort]}", f"{sign}id"), chosen)


def refuse_parameters(request: Request) -> None:
    """For what takes no query parameters at all. Raises Invalid."""
    if request._request.META.get("QUERY_STRING") and request.query_params:
        raise Invalid({name: ["Unknown parameter."] for name in request.query_params})
