"""Deployments: what a project's files were at one moment, published for good."""

import string

from django.db import models
from django.utils import timezone

from accounts.utils.ids import new_id, random_text
from api.projects.models.files import CONTENT_TYPE_MAX_LENGTH, PATH_MAX_BYTES, StoredObject
from api.projects.models.projects import Project

LABEL_ALPHABET = string.ascii_lowercase + "234567"  # base32: host names know no upper case
LABEL_LENGTH = 20  # 100 bits: the address is all that a visitor needs


def new_deployment_id() -> str:
    """A fresh `dep_…` id; the default of Deployment.uid, so migrations name it."""
    return new_id("dep")


def new_label() -> str:
    """A fresh label for the host of a deployment, which nobody can guess."""
    return random_text(LABEL_ALPHABET, LABEL_LENGTH)


class Deployment(models.Model):
    """A snapshot, served at `label` in front of the preview host."""

    uid = models.CharField(max_length=40, default=new_deployment_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="deployments", db_index=False)
    label = models.CharField(max_length=63, default=new_label, editable=False)
    taken_down_at = models.DateTimeField(null=True, editable=False)
    taken_down_reason = models.CharField(max_length=200, blank=True, editable=False)
    file_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="deployment_uid_unique"),
            models.UniqueConstraint(fields=["label"], name="deployment_label_unique"),
        )
        indexes = (models.Index(fields=["project", "-created_at", "-id"], name="deployment_by_project"),)

    def __str__(self) -> str:
        return self.uid


class DeploymentFile(models.Model):
    """One file of a snapshot."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = models.CharField(max_length=PATH_MAX_BYTES)
    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=CONTENT_TYPE_MAX_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["deployment", "path"], name="deployment_path_unique"),)

    def __str__(self) -> str:
        return self.path
