"""What every answer of /v1 must look like."""

import re
from typing import Any

import orjson

METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/v1"
CHALLENGE = f'Bearer realm="craft", resource_metadata="{METADATA}"'
UNAUTHORIZED = {
    "success": False,
    "error": {"code": "UNAUTHORIZED", "message": "Invalid or missing authentication"},
}
FORBIDDEN = {"success": False, "error": {"code": "FORBIDDEN", "message": "Insufficient permissions"}}
CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    500: "INTERNAL_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
CUT = "The token looks incomplete or mistyped. Copy it again in full."


def as_json(value: Any) -> dict[str, Any]:
    """How to send a JSON value, also null, as arguments of the `api` fixture."""
    return {"data": orjson.dumps(value), "content_type": "application/json"}


def invalid_token(description: str) -> str:
    """The challenge to somebody who showed a bad token."""
    return f'{CHALLENGE}, error="invalid_token", error_description="{description}"'


def check_headers(response: Any) -> None:
    """JSON of the length it says, with an id, readable from other origins, and for the caller alone."""
    assert response["Content-Type"] == "application/json"
    assert response["Content-Length"] == str(len(response.content)) or not response.content  # HEAD
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    assert "Set-Cookie" not in response


def check_success(response: Any, status: int = 200) -> Any:
    """Assert the shape of a good answer; return its data."""
    assert response.status_code == status, response.content
    check_headers(response)
    assert response["Cache-Control"] == "private, no-store"
    body = response.json()
    assert list(body) in (["success", "data"], ["success", "data", "pagination"])
    assert body["success"] is True
    return body["data"]


def check_error(response: Any, status: int, message: str | None = None) -> dict[str, Any]:
    """Assert the shape of a refusal; return its `error`."""
    assert response.status_code == status, response.content
    check_headers(response)
    body = response.json()
    error: dict[str, Any] = body["error"]
    assert list(body) == ["success", "error"]
    assert body["success"] is False
    assert list(error) == ["code", "message", *(["details"] if status == 400 else [])]
    assert error["code"] == CODES[status]
    assert error["message"]
    assert message in (None, error["message"])
    assert ("WWW-Authenticate" in response) == (status == 401 or 'scope="' in str(response.headers))
    for name, reasons in error.get("details", {}).items():
        assert isinstance(name, str)
        assert reasons
        assert all(isinstance(reason, str) and reason for reason in reasons)
    return error


def details_of(response: Any) -> dict[str, list[str]]:
    """The `details` of a 400."""
    details: dict[str, list[str]] = check_error(response, 400, "The request is not valid")["details"]
    return details
