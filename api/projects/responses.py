"""What the endpoints below /v1/projects answer: as documented, and as made of a row.

Field names are the API's own. A test holds the answers of the live API against the documented ones.
"""

from typing import Any

from rest_framework import serializers

from api.envelope import rfc3339
from api.projects import models
from api.projects.models import Status
from api.projects.services.deployments import deployment_url
from api.schema.responses import ResponseSerializer, timestamp


class ProjectStats(ResponseSerializer):
    """About a project's files."""

    files = serializers.IntegerField(help_text="How many files it has.")
    lastEditedAt = timestamp("When a file was last written or deleted; null before the first.", null=True)


class Project(ResponseSerializer):
    """A project."""

    id = serializers.CharField(help_text="`proj_…`")
    name = serializers.CharField(help_text="What you called it.")
    description = serializers.CharField(help_text="Empty if there is none.")
    status = serializers.ChoiceField(
        choices=Status.values, help_text="As you set it: an archived one works like any other."
    )
    template = serializers.CharField(
        allow_null=True, help_text="The template it was made from; null if none."
    )
    previewUrl = serializers.URLField(
        allow_null=True, help_text="The latest deployment; null until there is one."
    )
    settings = serializers.DictField(help_text="Your own values, kept as they are.")
    stats = ProjectStats(help_text="About its files.")
    createdAt = timestamp("When it was made.")
    updatedAt = timestamp("When the project itself last changed, its files aside.")


class File(ResponseSerializer):
    """A file of a project, without its content."""

    path = serializers.CharField(help_text="Where it lies in the project.")
    size = serializers.IntegerField(help_text="Bytes.")
    contentType = serializers.CharField(
        help_text="What it is served as: as it was sent, else by its name and content."
    )
    sha256 = serializers.CharField(help_text="Hexadecimal; also the ETag.")
    createdAt = timestamp("When it was first written.")
    updatedAt = timestamp("When it was last written.")


class FileContent(File):
    """A file with its content."""

    encoding = serializers.ChoiceField(
        choices=["utf-8", "base64"], help_text="How `content` is to be read: as text, or as bytes in base64."
    )
    content = serializers.CharField(help_text="The whole file.")


class Deployment(ResponseSerializer):
    """An immutable snapshot of a project's files, served at `url`."""

    id = serializers.CharField(help_text="`dep_…`")
    status = serializers.ChoiceField(
        choices=["ready", "taken_down"],
        help_text="`taken_down` once Craft's staff took it off the net; the reason is in your activity.",
    )
    url = serializers.URLField(help_text="Where everybody can see it.")
    files = serializers.IntegerField(help_text="How many files it has.")
    createdAt = timestamp("When it was made. It never changes.")


PROJECT_COLUMNS = (
    "uid",
    "name",
    "description",
    "status",
    "template",
    "settings",
    "file_count",
    "last_edited_at",
    "created_at",
    "updated_at",
)


def project_row(row: dict[str, Any]) -> dict[str, Any]:
    """A project as the API gives it, from a dict of PROJECT_COLUMNS and the latest deployment's `label`."""
    return {
        "id": row["uid"],
        "name": row["name"],
        "description": row["description"],
        "status": row["status"],
        "template": row["template"],
        "previewUrl": deployment_url(row["label"]) if row["label"] else None,
        "settings": row["settings"],
        "stats": {"files": row["file_count"], "lastEditedAt": rfc3339(row["last_edited_at"])},
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


def file_row(file: models.File) -> dict[str, Any]:
    """A file as the API gives it, without its content."""
    return {
        "path": file.path,
        "size": file.stored.size,
        "contentType": file.content_type,
        "sha256": file.stored.sha256,
        "createdAt": rfc3339(file.created_at),
        "updatedAt": rfc3339(file.updated_at),
    }


def deployment_row(deployment: models.Deployment) -> dict[str, Any]:
    """A deployment as the API gives it. It is made in one transaction: what staff left alone is ready."""
    return {
        "id": deployment.uid,
        "status": "taken_down" if deployment.taken_down_at else "ready",
        "url": deployment_url(deployment.label),
        "files": deployment.file_count,
        "createdAt": rfc3339(deployment.created_at),
    }
