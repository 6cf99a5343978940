"""/v1/projects and /v1/projects/{id}."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.base import Endpoint, caller, credential_of
from api.body import read_object
from api.envelope import page, success
from api.pagination import refuse_parameters
from api.projects import shapes
from api.projects.models import Project, Status
from api.projects.serializers import COLUMNS, NewProjectSerializer, ProjectChangeSerializer, project_row
from api.projects.services import projects as services
from api.projects.views.answers import answered, find_project
from api.schema.operation import operation
from api.schema.shapes import Deleted


class ProjectsView(Endpoint):
    """The caller's projects."""

    limited_methods = {"POST": "post_projects"}
    sorts = {"name": "name", "createdAt": "created_at", "updatedAt": "updated_at"}
    filters = {"status": Status.values}

    @operation(
        "List projects",
        shapes.Project,
        many=True,
        text="Your projects, newest first, a page at a time. A page past the end answers 200 with an "
        "empty list.",
    )
    def get(self, request: Request) -> HttpResponse:
        """List them."""
        listing = self.read_listing(request)
        projects = services.projects_of(caller(request), limited_to=credential_of(request).limited_to)
        found = services.with_label(projects.filter(**listing.filters))
        rows, pagination = listing.slice(found.values(*COLUMNS, "label"))
        return page([project_row(row) for row in rows], pagination)

    @operation(
        "Create a project",
        shapes.Project,
        status=201,
        body=NewProjectSerializer,
        text="It is empty until you write files into it. `Location` is its address.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Create one."""
        body = NewProjectSerializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        with answered():
            project = services.create_project(
                caller(request), limited_to=credential_of(request).limited_to, **body.validated_data
            )
        return success(_shown(project), status=201, headers={"Location": f"/v1/projects/{project.uid}"})


class ProjectView(Endpoint):
    """One project."""

    @operation("Get a project", shapes.Project, errors=(404,))
    def get(self, request: Request, project_id: str) -> HttpResponse:
        """Show it."""
        project = find_project(request, project_id)
        refuse_parameters(request)
        return success(_shown(project))

    @operation(
        "Change a project",
        shapes.Project,
        body=ProjectChangeSerializer,
        errors=(404,),
        text="What you leave out stays as it is.",
    )
    def patch(self, request: Request, project_id: str) -> HttpResponse:
        """Change what is given."""
        project = find_project(request, project_id)
        body = ProjectChangeSerializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        with answered():
            return success(_shown(services.change_project(project, **body.validated_data)))

    @operation(
        "Delete a project",
        Deleted,
        errors=(404,),
        text="For good, with its files and deployments: what was published is gone at once.",
    )
    def delete(self, request: Request, project_id: str) -> HttpResponse:
        """Delete it for good."""
        project = find_project(request, project_id)
        refuse_parameters(request)
        with answered():
            services.delete_project(project)
        return success({"id": project.uid, "deleted": True})


def _shown(project: Project) -> dict[str, object]:
    columns = {name: getattr(project, name) for name in COLUMNS}
    return project_row(columns | {"label": getattr(project, "label", None)})  # a new one has none
