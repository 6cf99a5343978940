"""/v1/projects and /v1/projects/{id}."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api.base import Endpoint, caller, credential_of
from api.body import read_object
from api.envelope import page, success
from api.errors import NotYours
from api.pagination import read_listing, refuse_parameters
from api.projects import services
from api.projects.models import Project, Status
from api.projects.serializers import COLUMNS, NewProjectSerializer, ProjectChangeSerializer, project_row

SORTS = {"name": "name", "createdAt": "created_at", "updatedAt": "updated_at"}


class ProjectsView(Endpoint):
    """The caller's projects."""

    limited_methods = {"POST": "post_projects"}

    def get(self, request: Request) -> HttpResponse:
        """List them."""
        listing = read_listing(request, sorts=SORTS, filters={"status": Status.values})
        projects = services.projects_of(caller(request), limited_to=credential_of(request).limited_to)
        rows, pagination = listing.slice(projects.filter(**listing.filters).values(*COLUMNS))
        return page([project_row(row) for row in rows], pagination)

    def post(self, request: Request) -> HttpResponse:
        """Create one."""
        body = NewProjectSerializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        with _answered():
            project = services.create_project(
                caller(request), limited_to=credential_of(request).limited_to, **body.validated_data
            )
        return success(_shown(project), status=201, headers={"Location": f"/v1/projects/{project.uid}"})


class ProjectView(Endpoint):
    """One project."""

    def get(self, request: Request, project_id: str) -> HttpResponse:
        """Show it."""
        project = _find(request, project_id)
        refuse_parameters(request)
        return success(_shown(project))

    def patch(self, request: Request, project_id: str) -> HttpResponse:
        """Change what is given."""
        project = _find(request, project_id)
        body = ProjectChangeSerializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        with _answered():
            return success(_shown(services.change_project(project, **body.validated_data)))

    def delete(self, request: Request, project_id: str) -> HttpResponse:
        """Delete it for good."""
        project = _find(request, project_id)
        refuse_parameters(request)
        with _answered():
            services.delete_project(project)
        return success({"id": project.uid, "deleted": True})


@contextmanager
def _answered() -> Iterator[None]:
    """Turn the services' refusals into answers."""
    try:
        yield
    except services.ProjectNotFound:
        raise NotFound("There is no such project") from None
    except services.ProjectNotYours:
        raise NotYours from None


def _find(request: Request, project_id: str) -> Project:
    with _answered():
        return services.get_project(project_id, caller(request), limited_to=credential_of(request).limited_to)


def _shown(project: Project) -> dict[str, object]:
    return project_row({name: getattr(project, name) for name in COLUMNS})
