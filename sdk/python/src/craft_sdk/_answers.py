"""Reads an answer: its data, or the error that it stands for. Pure functions of status, headers and body."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Generic, TypeVar

import httpx

from craft_sdk._parse import from_json
from craft_sdk.errors import (
    BY_CODE,
    CraftError,
    ForbiddenError,
    RateLimitError,
    ServiceUnavailableError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from craft_sdk.models import Pagination

T = TypeVar("T")


@dataclass(frozen=True)
class PageData(Generic[T]):
    """A page of a list as it came."""

    items: tuple[T, ...]
    pagination: Pagination


def retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait by Retry-After (RFC 9110, section 10.2.3); None when it is absent."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def request_id(response: httpx.Response) -> str | None:
    """X-Request-ID of an answer."""
    value: str | None = response.headers.get("X-Request-ID")
    return value


def json_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object in the body; an empty one when it holds none."""
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):  # too deeply nested is no answer of the API's either
        return {}
    return value if isinstance(value, dict) else {}


def one(response: httpx.Response, cls: type[T]) -> T:
    """The object in the answer. Raises CraftError."""
    return _built(response, lambda: from_json(cls, _envelope(response)["data"]))


def page(response: httpx.Response, cls: type[T]) -> PageData[T]:
    """The list in the answer. Raises CraftError."""

    def build() -> PageData[T]:
        envelope = _envelope(response)
        items = tuple(from_json(cls, item) for item in envelope["data"])
        return PageData(items, from_json(Pagination, envelope["pagination"]))

    return _built(response, build)


def data(response: httpx.Response) -> Any:
    """The answer's `data`, as it is. Raises CraftError."""
    return _envelope(response)["data"]


def stream(response: httpx.Response) -> httpx.Response:
    """The answer itself, which is raw content. Raises CraftError."""
    if not response.is_success:
        raise refusal(response)
    return response


def refusal(response: httpx.Response) -> CraftError:
    """The error that an answer stands for."""
    error = json_of(response).get("error")
    if not isinstance(error, dict) or not all(isinstance(error.get(key), str) for key in ("code", "message")):
        return unexpected(response)
    made = BY_CODE.get(error["code"], CraftError)(
        error["message"],
        code=error["code"],
        status=response.status_code,
        details=_details(error.get("details")),
        request_id=request_id(response),
    )
    if isinstance(made, UnauthorizedError):
        made.description = _challenge(response, "error_description")
    elif isinstance(made, ForbiddenError):
        made.scope = _challenge(response, "scope")
    elif isinstance(made, RateLimitError | ServiceUnavailableError):
        made.retry_after = retry_after(response)
    return made


def _details(value: object) -> dict[str, list[str]]:
    """The reasons for each field, as far as they are such."""
    given = value.items() if isinstance(value, dict) else ()
    return {
        str(name): [text for text in texts if isinstance(text, str)]
        for name, texts in given
        if isinstance(texts, list)
    }


def unexpected(response: httpx.Response) -> UnexpectedAnswerError:
    """The error for an answer that is not the API's. It tells no more of it than its kind."""
    try:
        what = f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
    except ValueError:
        what = str(response.status_code)
    kind = response.headers.get("Content-Type", "no content type")
    if 300 <= response.status_code < 400:
        message = f"The address redirects ({what}). Is base_url right?"
    else:
        message = (
            f"The answer is not the Craft API's: {what}, {kind}. "
            "A proxy may be in between, or base_url is wrong."
        )
    error = UnexpectedAnswerError(
        message,
        code="UNEXPECTED_ANSWER",
        status=response.status_code,
        request_id=request_id(response),
    )
    error.retry_after = retry_after(response)
    return error


def _envelope(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        raise refusal(response)
    envelope = json_of(response)
    if envelope.get("success") is not True or "data" not in envelope:
        raise unexpected(response)
    return envelope


def _built(response: httpx.Response, build: Callable[[], T]) -> T:
    """What `build` makes of an answer; one of another shape than this SDK knows is unexpected."""
    try:
        return build()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unexpected(response) from None


def _challenge(response: httpx.Response, name: str) -> str | None:
    """A quoted parameter of WWW-Authenticate (RFC 6750, section 3)."""
    found = re.search(rf'(?:^|[ ,]){name}="([^"]*)"', response.headers.get("WWW-Authenticate", ""))
    return found[1] if found else None
