"""A table as a file for spreadsheets (RFC 4180)."""

import csv
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# Where a formula would begin: a cell, or a part of one that another spreadsheet separates there.
FORMULA = re.compile(r"(^|[;|\t\r\n] *)(?=[=+\-@\t\r])")


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
    """A text with an apostrophe before what a spreadsheet would take for a formula (OWASP)."""
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
