"""What the endpoints below /v1/projects answer, as documented; the row functions make it.

Field names are the API's own. A test holds the answers of the live API against these.
"""

from rest_framework import serializers

from api.projects.models import Status
from api.schema.shapes import Shape, moment


class ProjectStats(Shape):
    """About a project's files."""

    files = serializers.IntegerField()
    lastEditedAt = moment(null=True)


class Project(Shape):
    """A project."""

    id = serializers.CharField(help_text="`proj_…`")
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    template = serializers.CharField(allow_null=True)
    previewUrl = serializers.URLField(
        allow_null=True, help_text="The latest deployment; null until there is one."
    )
    settings = serializers.DictField()
    stats = ProjectStats()
    createdAt = moment()
    updatedAt = moment()


class File(Shape):
    """A file of a project, without its content."""

    path = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    contentType = serializers.CharField()
    sha256 = serializers.CharField(help_text="Hexadecimal; also the ETag.")
    createdAt = moment()
    updatedAt = moment()


class FileContent(File):
    """A file with its content."""

    encoding = serializers.ChoiceField(choices=["utf-8", "base64"])
    content = serializers.CharField()


class Deployment(Shape):
    """An immutable snapshot of a project's files, served at `url`."""

    id = serializers.CharField(help_text="`dep_…`")
    status = serializers.ChoiceField(choices=["ready"])
    url = serializers.URLField()
    files = serializers.IntegerField()
    createdAt = moment()
