"""The rules about projects."""

import re
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from api.projects.models import Deployment, Project, StoredObject
from api.projects.services import stored_objects

PROJECT_ID = re.compile(r"proj_[0-9A-Za-z]{1,35}")


class ProjectNotFound(Exception):
    """No project has this id, or it was deleted meanwhile."""


class ProjectNotYours(Exception):
    """The project belongs to another user, or lies outside what the credential is limited to."""


def projects_of(user: User, *, limited_to: frozenset[str] | None = None) -> "QuerySet[Project]":
    """The user's projects that a credential limited to these ids (None = all) may see."""
    projects = Project.objects.filter(owner=user)
    return projects if limited_to is None else projects.filter(uid__in=limited_to)


def with_label(projects: "QuerySet[Project]") -> "QuerySet[Project, Any]":
    """The projects, each with `label`: the host label of its latest deployment, None without one.

    What staff took down does not count.
    """
    latest = Deployment.objects.filter(project=OuterRef("pk"), taken_down_at=None).order_by(
        "-created_at", "-id"
    )
    return projects.annotate(label=Subquery(latest.values("label")[:1]))


def get_project(uid: str, user: User, *, limited_to: frozenset[str] | None = None) -> Project:
    """One project, with its `label`. Raises ProjectNotFound, ProjectNotYours."""
    found = with_label(Project.objects.filter(uid=uid))
    project: Project | None = found.first() if PROJECT_ID.fullmatch(uid) else None
    if project is None:
        raise ProjectNotFound
    if project.owner_id != user.pk or (limited_to is not None and uid not in limited_to):
        raise ProjectNotYours
    return project


def lock_project(project: Project) -> Project:
    """The project as it is now, locked until the transaction ends. Whatever changes its files or
    deployments does so under this lock: counts are exact, and no object is let go that becomes needed.

    Its owner is locked before it: what all projects hold together is exact as well (services.storage_room),
    and an account is deleted before or after, not meanwhile (accounts.models). Raises ProjectNotFound when
    it was deleted meanwhile.
    """
    owner = User.objects.select_for_update(no_key=True).filter(pk=project.owner_id).first()
    locked = Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first()
    if owner is None or locked is None:
        raise ProjectNotFound
    locked.owner = owner
    return locked


def create_project(user: User, *, limited_to: frozenset[str] | None = None, **values: Any) -> Project:
    """Create a project from checked values. Raises ProjectNotYours when limited to other projects."""
    if limited_to is not None:
        raise ProjectNotYours
    return Project.objects.create(owner=user, **values)


def change_project(project: Project, **values: Any) -> Project:
    """Set checked values; only what is given is written, so that two changes of different fields both stay.

    Raises ProjectNotFound when it was deleted meanwhile.
    """
    if values:
        values["updated_at"] = timezone.now()
        if not Project.objects.filter(pk=project.pk).update(**values):
            raise ProjectNotFound
        for name, value in values.items():
            setattr(project, name, value)
    return project


@transaction.atomic
def delete_project(project: Project) -> None:
    """Delete a project for good, its files and deployments with it.

    Raises ProjectNotFound when another call was faster.
    """
    locked = lock_project(project)
    stored_objects.let_go(StoredObject.objects.filter(project=locked), locked)
    locked.delete()
