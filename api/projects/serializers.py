"""What the endpoints below /v1/projects take and give."""

import binascii
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import BodySerializer, SmallObjectField, StringField
from api.projects.file_paths import InvalidPath, check_path
from api.projects.models import Status
from api.projects.models.files import PATH_MAX_BYTES
from api.projects.models.projects import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, TEMPLATE_MAX_LENGTH


class NewProjectSerializer(BodySerializer):
    """POST /v1/projects: what may be said of a new project."""

    name = StringField(max_length=NAME_MAX_LENGTH)
    description = StringField(max_length=DESCRIPTION_MAX_LENGTH, required=False, allow_blank=True)
    template = StringField(max_length=TEMPLATE_MAX_LENGTH, required=False, allow_null=True)
    settings = SmallObjectField(
        required=False, help_text=f"Your own values, at most {SmallObjectField.MAX_BYTES:,} bytes as JSON."
    )


class ProjectChangeSerializer(NewProjectSerializer):
    """PATCH /v1/projects/{id}: all optional, and the status."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(partial=True, **kwargs)


@extend_schema_field(str)
class _ExactString(serializers.Field[Any, Any, Any, Any]):
    """A string that is taken as it is: nothing trimmed, nothing converted."""

    def to_internal_value(self, data: Any) -> str:
        """The string. Raises ValidationError."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.")
        return data

    def to_representation(self, value: str) -> str:
        return value


class PathField(_ExactString):
    """Where a file lies in its project."""

    def to_internal_value(self, data: Any) -> str:
        """The path. Raises ValidationError."""
        try:
            return check_path(super().to_internal_value(data))
        except InvalidPath as error:
            raise serializers.ValidationError(str(error)) from None


class FileContentSerializer(BodySerializer):
    """PUT of a file as JSON. Validated, `content` is bytes."""

    path = PathField(required=False, help_text="The path in the address.")
    content = _ExactString(help_text="Text, or bytes in base64.")
    encoding = serializers.ChoiceField(choices=["utf-8", "base64"], default="utf-8")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Decode the content. Raises ValidationError."""
        if attrs["encoding"] == "utf-8":
            return {**attrs, "content": attrs["content"].encode()}
        try:
            return {**attrs, "content": binascii.a2b_base64(attrs["content"], strict_mode=True)}
        except ValueError:
            raise serializers.ValidationError(
                {"content": "This is not base64 (RFC 4648, section 4: one line, padded with =)."}
            ) from None


class NewFileSerializer(FileContentSerializer):
    """POST /v1/projects/{id}/files."""

    path = PathField(
        help_text=f"Relative to the project, such as `css/site.css`; at most {PATH_MAX_BYTES:,} bytes."
    )


class EmptySerializer(BodySerializer):
    """A body that may have no field."""
