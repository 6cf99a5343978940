"""The rules about projects."""

import re
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from api.projects.models import Project

PROJECT_ID = re.compile(r"proj_[0-9A-Za-z]{1,35}")


class ProjectNotFound(Exception):
    """No such project."""


class ProjectNotYours(Exception):
    """The project belongs to another user, or lies outside what the credential is limited to."""


def projects_of(user: User, *, limited_to: frozenset[str] | None = None) -> QuerySet[Project]:
    """The user's projects that a credential limited to these ids (None = all) may see."""
    projects = Project.objects.filter(owner=user)
    return projects if limited_to is None else projects.filter(uid__in=limited_to)


def get_project(uid: str, user: User, *, limited_to: frozenset[str] | None = None) -> Project:
    """One project. Raises ProjectNotFound, ProjectNotYours."""
    project = Project.objects.filter(uid=uid).first() if PROJECT_ID.fullmatch(uid) else None
    if project is None:
        raise ProjectNotFound
    if project.owner_id != user.pk or (limited_to is not None and uid not in limited_to):
        raise ProjectNotYours
    return project


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


def delete_project(project: Project) -> None:
    """Delete a project for good. Raises ProjectNotFound when another call was faster."""
    if not Project.objects.filter(pk=project.pk).delete()[0]:
        raise ProjectNotFound
