"""What the endpoints about the caller take."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import BodySerializer, StringField
from apikeys.scopes import Permission
from apikeys.services import GRACES


class MeSerializer(BodySerializer):
    """The caller's own profile; the rules about names are in accounts.utils.display_names."""

    name = StringField(required=False, allow_blank=True, help_text="1 to 100 characters.")


class MomentField(serializers.DateTimeField):
    """An RFC 3339 moment with an offset; null where that means never."""

    def to_internal_value(self, value: Any) -> datetime:
        """The moment in UTC. Raises ValidationError."""
        message = "This must be a moment such as 2027-02-22T10:00:00Z."
        try:
            moment = (
                datetime.fromisoformat(value) if isinstance(value, str) and "T" in value.upper() else None
            )
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise serializers.ValidationError(message)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise serializers.ValidationError(message) from None


@extend_schema_field({"type": "string", "enum": list(Permission)})
class PermissionField(StringField):
    """What a key may do; the rules say which there are."""


class NewAPIKeySerializer(BodySerializer):
    """POST /v1/api-keys; the rules are in apikeys.services."""

    name = StringField(allow_blank=True, help_text="1 to 100 characters, unique among your live keys.")
    permission = PermissionField(allow_blank=True)
    expiresAt = MomentField(
        source="expires_at",
        required=False,
        allow_null=True,
        help_text="RFC 3339 with an offset. Null: never.",
    )


class NothingSerializer(BodySerializer):
    """What takes no field at all: no body, or an empty object."""


class SecondsField(serializers.IntegerField):
    """A number of seconds; the rules say which."""

    def to_internal_value(self, data: Any) -> int:
        """The number, as a number. Raises ValidationError."""
        if type(data) is not int:
            raise serializers.ValidationError("This must be a whole number.")
        return data


@extend_schema_field({"type": "integer", "enum": list(GRACES)})
class GraceField(SecondsField):
    """How long an old secret outlives the first use of the new one."""


class RotateSerializer(BodySerializer):
    """POST /v1/api-keys/{id}/rotate."""

    grace = GraceField(help_text="How many seconds the old secret outlives the first use of the new one.")


class DisableSerializer(BodySerializer):
    """POST /v1/api-keys/{id}/disable."""

    def get_fields(self) -> dict[str, Any]:
        """The one field, whose name is a keyword of Python."""
        text = "Seconds after which it comes back by itself. Null: when it is enabled."
        return {"for": SecondsField(source="seconds", required=False, allow_null=True, help_text=text)}


class APIKeyChangeSerializer(NewAPIKeySerializer):
    """PATCH /v1/api-keys/{id}: all optional."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(partial=True, **kwargs)
