"""Reads a request's body, strictly: 411, 413, 415 and 400 in this order (contract, "Answers")."""

import re
from collections.abc import Iterator
from typing import IO, Any

import orjson
from django.conf import settings
from django.http import UnreadablePostError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from api.errors import Invalid, LengthRequired, PayloadTooLarge

MAX_DEPTH = 64  # far below where Python's own repr or orjson's writer give up


def levels(value: Any) -> Iterator[list[Any]]:
    """A JSON value level by level: itself, what it holds, what that holds … Names count with their values."""
    level = [value]
    while level:
        yield level
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in ([*holder, *holder.values()] if isinstance(holder, dict) else holder)
        ]


class JSONParser(BaseParser):
    """JSON (RFC 8259) by orjson, which itself refuses bad UTF-8, lone surrogates, NaN and infinity."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value. Raises ParseError; UnreadablePostError for a body that was cut on its way."""
        body = stream.read()
        if len(body) < int(parser_context["request"].META["CONTENT_LENGTH"]):
            raise UnreadablePostError  # what arrived may be valid JSON all the same
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(str(error)) from None
        if any(depth > MAX_DEPTH for depth, _ in enumerate(levels(value))):
            raise ParseError(f"it is nested more than {MAX_DEPTH} levels deep")
        return value


def announced_length(request: Request) -> int | None:
    """How many bytes the body has; None when there is none. Raises LengthRequired, Invalid."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    if not length:
        return None
    if not re.fullmatch("[0-9]{1,18}", length):
        raise Invalid({"body": ["Content-Length is not a number."]})
    return int(length)


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body; no body at all is an empty one.

    Raises LengthRequired, PayloadTooLarge, UnsupportedMediaType, Invalid.
    """
    length = announced_length(request)
    if not length:
        return {}
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise PayloadTooLarge
    try:
        value = request.data
    except UnsupportedMediaType:
        raise UnsupportedMediaType(
            request.content_type, detail="Send the body as Content-Type: application/json"
        ) from None
    except ParseError as error:
        raise Invalid({"body": [f"This is not valid JSON: {error.detail}"]}) from None
    except UnreadablePostError:
        raise Invalid({"body": ["The body ended early."]}) from None
    if not isinstance(value, dict):
        raise Invalid({"body": ["The body must be a JSON object."]})
    return value


class BodySerializer(serializers.Serializer[Any]):
    """Checks an object field by field; a field it does not know is an error, not ignored."""

    def to_internal_value(self, data: dict[str, Any]) -> dict[str, Any]:
        """The checked values. Raises ValidationError for unknown fields together with all other errors."""
        errors: dict[str, Any] = {name: ["Unknown field."] for name in data if name not in self.fields}
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail if isinstance(error.detail, dict) else {}
            values = {}
        if errors:
            raise serializers.ValidationError(errors)
        return values


class StringField(serializers.CharField):
    """A JSON string; a number or boolean is not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """The trimmed string. Raises ValidationError."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.")
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": True})
class SmallObjectField(serializers.Field[Any, Any, Any, Any]):
    """A free-form JSON object that every database of ours stores and gives back unchanged."""

    MAX_BYTES = 16_384
    MAX_DEPTH = 32
    MAX_NUMBER = 2**53  # beyond it, JSON numbers do not survive other languages (RFC 8259, section 6)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object. Raises ValidationError."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("This must be an object.")
        if len(orjson.dumps(data)) > self.MAX_BYTES:
            raise serializers.ValidationError(f"This has more than {self.MAX_BYTES:,} bytes as JSON.")
        for depth, level in enumerate(levels(data)):
            if depth > self.MAX_DEPTH:
                raise serializers.ValidationError(f"This is nested more than {self.MAX_DEPTH} levels deep.")
            for item in level:
                self._check(item)
        return data

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value

    def _check(self, item: Any) -> None:
        if isinstance(item, str) and "\x00" in item:
            raise serializers.ValidationError("Null characters are not allowed.")
        if isinstance(item, int | float) and not -self.MAX_NUMBER <= item <= self.MAX_NUMBER:
            raise serializers.ValidationError("Numbers must lie between -2^53 and 2^53.")
