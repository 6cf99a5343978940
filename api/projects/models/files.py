"""Files of a project, and the bytes behind them."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from api.projects.models.projects import Project

PATH_MAX_BYTES = 1024
CONTENT_TYPE_MAX_LENGTH = 100


def new_object_name() -> str:
    """A fresh name in the storage: nothing of a path or a project is in it, so nothing can escape by it."""
    name = secrets.token_hex(20)
    return f"{name[:2]}/{name}"


class StoredObject(models.Model):
    """The bytes of one version of a file, as the storage has them under `name`. They never change.

    The row is there before the first byte and goes after the last, so that no byte is without one:
    while they arrive `project` and `size` are null; kept, both are set; let go, `project` is null again,
    which the end of the project does by itself. What has no project is deleted (services.objects).
    """

    project = models.ForeignKey(Project, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=64, default=new_object_name)
    size = models.BigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True, default="")  # hexadecimal
    is_text = models.BooleanField(default=False)  # valid UTF-8 without NUL
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name"], name="stored_object_name_unique"),
            models.CheckConstraint(
                condition=Q(project=None) | Q(size__isnull=False, size__gte=0),
                name="stored_object_kept_whole",
            ),
        )
        indexes = (models.Index(fields=["created_at"], condition=Q(project=None), name="stored_object_free"),)

    def __str__(self) -> str:
        return self.name


class File(models.Model):
    """What a project has at a path now. A new version is another StoredObject."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(max_length=PATH_MAX_BYTES)
    stored = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="file")
    content_type = models.CharField(max_length=CONTENT_TYPE_MAX_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["project", "path"], name="file_path_unique"),)
        indexes = (models.Index(fields=["project", "-created_at", "-id"], name="file_by_project"),)

    def __str__(self) -> str:
        return self.path
