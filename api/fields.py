"""The serializer of a request's body, and its fields: nothing is converted or ignored silently."""

from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.json_depth import levels


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
        return value

    def _check(self, item: Any) -> None:
        if isinstance(item, str) and "\x00" in item:
            raise serializers.ValidationError("Null characters are not allowed.")
        if isinstance(item, int | float) and not -self.MAX_NUMBER <= item <= self.MAX_NUMBER:
            raise serializers.ValidationError("Numbers must lie between -2^53 and 2^53.")
