"""`@operation` says of an endpoint's method what the reference tells; the rest is read off the view."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from api.schema.responses import Error, Pagination

Method = TypeVar("Method", bound=Callable[..., Any])
Shape = type[serializers.Serializer[Any]]

MEANINGS = {
    400: "The request is not valid; `details` says what.",
    401: "Missing, malformed, unknown or ended credential.",
    403: "The credential lacks the scope, or the resource belongs to another user.",
    404: "There is no such thing.",
    411: "A body without a length.",
    412: "`If-Match` or `If-None-Match` does not hold for the file as it is now.",
    413: "The body is larger than this takes.",
    415: "The body has a type that is not taken here.",
    429: "Too many requests. Wait `retryAfter` seconds.",
    500: "Something went wrong on our side.",
    503: "The database or the storage is away. Nothing was changed; wait `retryAfter` seconds.",
}
ALWAYS = (400, 401, 403, 429, 500, 503)
WITH_BODY = (411, 413, 415)


def operation(
    summary: str,
    answer: Shape | dict[Any, Any],
    *,
    text: str = "",
    status: int = 200,
    body: Any = None,
    many: bool = False,
    errors: tuple[int, ...] = (),
    conflict: str = "",
    parameters: tuple[OpenApiParameter, ...] = (),
) -> Callable[[Method], Method]:
    """Document a method: its summary, what it answers and takes, and how else it may end.

    `text` says what the summary does not, in one or two sentences, with `code` in backquotes.
    `answer` is the shape of `data`, or raw answers by (status, content type). `errors` are those beside
    the ones that every call can meet; `conflict` says what 409 means here.
    """
    answers: dict[Any, Any] = (
        answer if isinstance(answer, dict) else {(status, "application/json"): envelope(answer, many=many)}
    )
    codes = sorted({*ALWAYS, *errors, *([409] if conflict else []), *(WITH_BODY if body is not None else ())})
    meanings = {**MEANINGS, 409: conflict}
    return extend_schema(
        summary=summary,
        description=text,
        request=body,
        parameters=list(parameters),
        responses={
            **answers,
            **{(code, "application/json"): OpenApiResponse(Error, meanings[code]) for code in codes},
        },
    )


@cache
def envelope(shape: Shape, *, many: bool) -> serializers.Serializer[Any]:
    """`{"success": true, "data": …}`, a list with its pagination."""
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "success": serializers.BooleanField(default=True),
        "data": shape(many=many),
    }
    if many:
        fields["pagination"] = Pagination()
    made: serializers.Serializer[Any] = inline_serializer(
        f"{shape.__name__}{'List' if many else ''}Answer", fields
    )
    return made
