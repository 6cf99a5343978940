"""Projects: what people build, and what the API is there to drive."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.utils.ids import new_id

NAME_MAX_LENGTH = 200
DESCRIPTION_MAX_LENGTH = 2000
TEMPLATE_MAX_LENGTH = 100


def new_project_id() -> str:
    """A fresh `proj_…` id; the default of Project.uid, so migrations name it."""
    return new_id("proj")


class Status(models.TextChoices):
    """Whether a project is in use."""

    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


class Project(models.Model):
    """A project; belongs to one person."""

    uid = models.CharField(max_length=40, default=new_project_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    description = models.TextField(blank=True, default="", max_length=DESCRIPTION_MAX_LENGTH)
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    template = models.CharField(max_length=TEMPLATE_MAX_LENGTH, null=True, blank=True)  # noqa: DJ001  the API tells null from ""
    settings = models.JSONField(default=dict, blank=True)
    # Kept under the row's lock together with the files, so that a list needs no count of each project's.
    file_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Of all its stored objects, those of deployments too: what counts against the owner's STORAGE_BYTES.
    stored_bytes = models.BigIntegerField(default=0, db_default=0, editable=False)
    last_edited_at = models.DateTimeField(null=True, editable=False)  # the last change of a file
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["uid"], name="project_uid_unique"),)
        indexes = (models.Index(fields=["owner", "-created_at", "-id"], name="project_by_owner"),)

    def __str__(self) -> str:
        return self.name
