"""What the project endpoints take and give."""

from typing import Any

from rest_framework import serializers

from api.body import BodySerializer, SmallObjectField, StringField
from api.envelope import moment
from api.projects.models import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, TEMPLATE_MAX_LENGTH, Status


class NewProjectSerializer(BodySerializer):
    """POST /v1/projects."""

    name = StringField(max_length=NAME_MAX_LENGTH)
    description = StringField(max_length=DESCRIPTION_MAX_LENGTH, required=False, allow_blank=True)
    template = StringField(max_length=TEMPLATE_MAX_LENGTH, required=False, allow_null=True)
    settings = SmallObjectField(required=False)


class ProjectChangeSerializer(NewProjectSerializer):
    """PATCH /v1/projects/{id}: all optional, and the status."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(partial=True, **kwargs)


COLUMNS = ("uid", "name", "description", "status", "template", "settings", "created_at", "updated_at")


def project_row(row: dict[str, Any]) -> dict[str, Any]:
    """A project as the API gives it, from a dict of COLUMNS."""
    return {
        "id": row["uid"],
        "name": row["name"],
        "description": row["description"],
        "status": row["status"],
        "template": row["template"],
        "previewUrl": None,
        "settings": row["settings"],
        "stats": {"files": 0, "lastEditedAt": None},
        "createdAt": moment(row["created_at"]),
        "updatedAt": moment(row["updated_at"]),
    }
