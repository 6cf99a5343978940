"""A table as a file for spreadsheets (RFC 4180)."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """An answer that downloads the rows as `name`."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return response


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula begins with an apostrophe instead (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINS) else value
