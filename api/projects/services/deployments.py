"""The rules about deployments."""

import re
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from api.projects.models import Deployment, DeploymentFile, Project
from api.projects.services import storage, stored_objects
from api.projects.services.projects import lock_project

DEPLOYMENT_ID = re.compile(r"dep_[0-9A-Za-z]{1,36}")
# One statement, whatever the number of files; the same on both databases.
SNAPSHOT = """
    INSERT INTO projects_deploymentfile (deployment_id, path, stored_id, content_type)
    SELECT %s, path, stored_id, content_type FROM projects_file WHERE project_id = %s
"""


class DeploymentNotFound(Exception):
    """The project has no such deployment."""


class TooManyDeployments(Exception):
    """The project has as many deployments as it may; the message says how many."""


def deployment_url(label: str) -> str:
    """Where a deployment is served: PREVIEW_URL with the label in front of its host."""
    preview = urlsplit(settings.PREVIEW_URL)
    return f"{preview.scheme}://{label}.{preview.netloc}/"


def deployments_of(project: Project) -> "QuerySet[Deployment]":
    """The project's deployments."""
    return Deployment.objects.filter(project=project)


def get_deployment(project: Project, uid: str) -> Deployment:
    """One of the project's deployments. Raises DeploymentNotFound."""
    found = deployments_of(project).filter(uid=uid)
    deployment = found.first() if DEPLOYMENT_ID.fullmatch(uid) else None
    if deployment is None:
        raise DeploymentNotFound
    return deployment


@transaction.atomic
def create_deployment(project: Project) -> Deployment:
    """Publish the project's files as they are at one moment. Raises ProjectNotFound, TooManyDeployments."""
    locked = lock_project(project)
    if deployments_of(locked).count() >= settings.DEPLOYMENTS_PER_PROJECT:
        raise TooManyDeployments(
            f"The project has {settings.DEPLOYMENTS_PER_PROJECT:,} deployments, the most it may. Delete one"
        )
    deployment = Deployment.objects.create(project=locked)
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT, [deployment.pk, locked.pk])
        deployment.file_count = cursor.rowcount
    deployment.save(update_fields=["file_count"])
    return deployment


@transaction.atomic
def delete_deployment(project: Project, uid: str) -> None:
    """Delete a deployment; its address is gone at once. Raises DeploymentNotFound, ProjectNotFound."""
    locked = lock_project(project)
    deployment = get_deployment(locked, uid)
    its_own = DeploymentFile.objects.filter(deployment=deployment, stored=OuterRef("pk"))
    freed = stored_objects.unused(but_for=Q(deployment=deployment)).filter(Exists(its_own))
    stored_objects.let_go(freed, locked)
    deployment.delete()
    locked.save(update_fields=["stored_bytes"])


def find_published(label: str, path: str) -> DeploymentFile | None:
    """What the deployment at a host label has at a path, with its `stored`; None without either.

    None as well when staff took it down, and while its owner is deactivated or closing.
    """
    if "\0" in path or "\0" in label:
        return None  # PostgreSQL refuses it
    owner = {"deployment__project__owner__is_active": True, "deployment__project__owner__closing_at": None}
    files = DeploymentFile.objects.select_related("stored").filter(deployment__label=label, path=path)
    return files.filter(deployment__taken_down_at=None, **owner).first()


def open_published(file: DeploymentFile) -> IO[bytes] | None:
    """Its bytes; None when the deployment was deleted a moment ago.

    Raises FileNotFoundError when the storage has lost them, StorageUnavailable.
    """
    try:
        return storage.open_bytes(file.stored.name)
    except FileNotFoundError:
        if DeploymentFile.objects.filter(pk=file.pk).exists():
            raise
        return None
