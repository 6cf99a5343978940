"""Reads an answer: its data, or the error that it stands for. Pure functions of status, headers and body."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

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
from craft_sdk.pages import PageData

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """An answer; `content` is empty and `stream` the open response when it is read bit by bit."""

    status: int
    headers: httpx.Headers
    content: bytes = field(default=b"", repr=False)
    stream: httpx.Response | None = field(default=None, repr=False)

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """X-Request-ID."""
        value: str | None = self.headers.get("X-Request-ID")
        return value

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait by Retry-After (RFC 9110, section 10.2.3); None when it is absent."""
        value = self.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", value):
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())

    def json(self) -> dict[str, Any]:
        """The JSON object in the body; an empty one when it holds none."""
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):  # too deeply nested is no answer of the API's either
            return {}
        return value if isinstance(value, dict) else {}


def one(reply: Reply, cls: type[T]) -> T:
    """The object in the answer. Raises CraftError."""
    return _built(reply, lambda: from_json(cls, _envelope(reply)["data"]))


def page(reply: Reply, cls: type[T]) -> PageData[T]:
    """The list in the answer. Raises CraftError."""

    def build() -> PageData[T]:
        envelope = _envelope(reply)
        items = tuple(from_json(cls, item) for item in envelope["data"])
        return PageData(items, from_json(Pagination, envelope["pagination"]))

    return _built(reply, build)


def data(reply: Reply) -> Any:
    """The answer's `data`, as it is. Raises CraftError."""
    return _envelope(reply)["data"]


def stream(reply: Reply) -> Reply:
    """The answer itself, which is raw content. Raises CraftError."""
    if not reply.is_success:
        raise refusal(reply)
    return reply


def refusal(reply: Reply) -> CraftError:
    """The error that an answer stands for."""
    error = reply.json().get("error")
    if not isinstance(error, dict) or not all(isinstance(error.get(key), str) for key in ("code", "message")):
        return unexpected(reply)
    made = BY_CODE.get(error["code"], CraftError)(
        error["message"],
        code=error["code"],
        status=reply.status,
        details=_details(error.get("details")),
        request_id=reply.request_id,
    )
    if isinstance(made, UnauthorizedError):
        made.description = _challenge(reply, "error_description")
    elif isinstance(made, ForbiddenError):
        made.scope = _challenge(reply, "scope")
    elif isinstance(made, RateLimitError | ServiceUnavailableError):
        made.retry_after = reply.retry_after
    return made


def _details(value: object) -> dict[str, list[str]]:
    """The reasons for each field, as far as they are such."""
    given = value.items() if isinstance(value, dict) else ()
    return {
        str(name): [text for text in texts if isinstance(text, str)]
        for name, texts in given
        if isinstance(texts, list)
    }


def unexpected(reply: Reply) -> UnexpectedAnswerError:
    """The error for an answer that is not the API's. It tells no more of it than its kind."""
    try:
        what = f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        what = str(reply.status)
    kind = reply.headers.get("Content-Type", "no content type")
    if 300 <= reply.status < 400:
        message = f"The address redirects ({what}). Is base_url right?"
    else:
        message = (
            f"The answer is not the Craft API's: {what}, {kind}. "
            "A proxy may be in between, or base_url is wrong."
        )
    error = UnexpectedAnswerError(
        message, code="UNEXPECTED_ANSWER", status=reply.status, request_id=reply.request_id
    )
    error.retry_after = reply.retry_after
    return error


def _envelope(reply: Reply) -> dict[str, Any]:
    if not reply.is_success:
        raise refusal(reply)
    envelope = reply.json()
    if envelope.get("success") is not True or "data" not in envelope:
        raise unexpected(reply)
    return envelope


def _built(reply: Reply, build: Callable[[], T]) -> T:
    """What `build` makes of an answer; one of another shape than this SDK knows is unexpected."""
    try:
        return build()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unexpected(reply) from None


def _challenge(reply: Reply, name: str) -> str | None:
    """A quoted parameter of WWW-Authenticate (RFC 6750, section 3)."""
    found = re.search(rf'(?:^|[ ,]){name}="([^"]*)"', reply.headers.get("WWW-Authenticate", ""))
    return found[1] if found else None
