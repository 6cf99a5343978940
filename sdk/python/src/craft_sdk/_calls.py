"""A call to the API as a value: what is sent, and what makes the result of the answer. No input or output."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

import httpx

from craft_sdk import _answers
from craft_sdk._answers import PageData
from craft_sdk._bodies import Body
from craft_sdk._parse import camel
from craft_sdk._paths import free_path
from craft_sdk.errors import invalid
from craft_sdk.models import Deleted

T = TypeVar("T")
Order = Literal["asc", "desc"]
IDEMPOTENT = ("GET", "HEAD", "PUT", "DELETE")


class NotGiven(Enum):
    """The type of NOT_GIVEN."""

    NOT_GIVEN = "not given"

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven.NOT_GIVEN  # for an argument that is left out, where None has a meaning


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call. `path` begins with /v1 and is quoted; `read` makes the result, or raises what went wrong."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)
    body: Body | None = None
    is_authenticated: bool = True

    @property
    def is_idempotent(self) -> bool:
        """Whether a second one does no harm, whatever became of the first, nor is told something wrong.

        After the first, a condition does not hold any more, and the credential that was ended is refused.
        """
        has_condition = any(name in self.headers for name in ("If-Match", "If-None-Match"))
        return self.method in IDEMPOTENT and not has_condition and not self.path.startswith("/v1/auth")

    @property
    def can_repeat(self) -> bool:
        """Whether it can be sent a second time at all."""
        return self.body is None or self.body.can_repeat

    def with_page(self, page: int) -> "Call[T]":
        """The same list, another page of it."""
        return replace(self, params={**self.params, "page": str(page)})


def getting(path: str, cls: type[T], **params: str | datetime | None) -> Call[T]:
    """Read one; parameters that are None are left out."""
    given = {camel(name): str(_plain(name, value)) for name, value in params.items() if value is not None}
    return Call("GET", path, lambda reply: _answers.one(reply, cls), params=given)


def listing(path: str, cls: type[T], **params: str | int | None) -> Call[PageData[T]]:
    """Read a page of a list; `sort` is in snake_case, parameters that are None are left out."""
    sort = params.get("sort")
    if isinstance(sort, str):
        params["sort"] = camel(sort)
    given = {name: str(value) for name, value in params.items() if value is not None}
    return Call("GET", path, lambda reply: _answers.page(reply, cls), params=given)


def writing(
    method: str, path: str, cls: type[T], fields: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Call[T]:
    """Send fields (snake_case; those NOT_GIVEN are left out) and read what became of them."""
    given = {camel(name): _plain(name, value) for name, value in fields.items() if value is not NOT_GIVEN}
    return Call(
        method,
        path,
        lambda reply: _answers.one(reply, cls),
        headers={"Content-Type": "application/json", **(headers or {})},
        content=to_json(given),
    )


def deleting(path: str, headers: Mapping[str, str] | None = None) -> Call[Deleted]:
    """Delete one."""
    return Call("DELETE", path, lambda reply: _answers.one(reply, Deleted), headers=headers or {})


def free(method: str, path: str, params: Mapping[str, str | int] | None, value: Any) -> Call[Any]:
    """Anything: a path below /v1, and a JSON value or None. The result is the answer's `data`."""
    call = Call(method.upper(), f"/v1{free_path(path)}", _answers.data)
    call = replace(call, params={name: str(each) for name, each in (params or {}).items()})
    if value is None:
        return call
    return replace(call, headers={"Content-Type": "application/json"}, content=to_json(value))


def posting_form(path: str, fields: Mapping[str, str], read: Callable[[httpx.Response], T]) -> Call[T]:
    """An OAuth request: a form (RFC 6749, appendix B) that authenticates itself."""
    content = str(httpx.QueryParams(fields)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return Call("POST", path, read, headers=headers, content=content, is_authenticated=False)


def to_json(value: Any) -> bytes:
    """JSON in UTF-8. Raises InvalidRequestError for what JSON cannot say."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        raise invalid("body", "This cannot be written as JSON.") from None


def _plain(name: str, value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise invalid(camel(name), "This must be an aware datetime: one with a time zone.")
    return value.isoformat()
