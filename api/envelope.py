"""The one shape of every answer under /v1, as /docs/errors/ shows it."""

from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpResponse

from api.answer_headers import put

Details = dict[str, list[str]]
SERVICE_DESC = '</v1/openapi.json>; rel="service-desc"'  # RFC 8631; from the root of the host that answered
# Of each answer under /v1 that gives no others; api.dispatch adds them.
EACH = {"Cache-Control": "private, no-store", "Link": SERVICE_DESC}


def success(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """`{"success": true, "data": …}`."""
    return json_response({"success": True, "data": data}, status=status, headers=headers)


def page(rows: list[Any], pagination: dict[str, Any]) -> HttpResponse:
    """A list with its `pagination`."""
    return json_response({"success": True, "data": rows, "pagination": pagination})


def failure(
    status: int,
    code: str,
    message: str,
    *,
    details: Details | None = None,
    retry_after: int | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """`{"success": false, "error": {…}}`, and a link to what it means. `retry_after` is in seconds."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    if retry_after is not None:
        error["retryAfter"] = retry_after
    response = json_response(
        {"success": False, "error": error}, status=status, headers=EACH | (headers or {})
    )
    response["Link"] = f'<{settings.WEB_URL}/docs/errors/#{code}>; rel="help", {SERVICE_DESC}'
    return response


def not_found() -> HttpResponse:
    """404 for an address that is none."""
    return failure(404, "NOT_FOUND", "There is nothing at this address")


def json_response(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """Any JSON value as an answer, with its length."""
    body = orjson.dumps(value)
    response = HttpResponse(body, status=status, content_type="application/json", headers=headers)
    put(response, {"content-length": ("Content-Length", str(len(body)))})
    return response


def rfc3339(value: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds: `2026-11-24T09:58:04.120Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None
