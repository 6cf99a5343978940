"""/v1/projects and /v1/projects/{id}."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.base import caller, credential_of
from api.envelope import page, success
from api.first_page import FirstPage
from api.pagination import refuse_parameters
from api.projects import responses
from api.projects.models import Project, Status
from api.projects.responses import PROJECT_COLUMNS
from api.projects.serializers import NewProjectSerializer, ProjectChangeSerializer
from api.projects.services import projects as services
from api.projects.views.endpoint import ProjectEndpoint, find_project
from api.schema.operation import operation
from api.schema.responses import Deleted

SHOWN = (*PROJECT_COLUMNS, "label")
FIRST_PAGE = FirstPage(lambda owner_id: Project.objects.filter(owner=owner_id), services.with_label, SHOWN)


class ProjectsView(ProjectEndpoint):
    limited_methods = {"POST": "post_projects"}
    sorts = {"name": "name", "createdAt": "created_at", "updatedAt": "updated_at"}
    filters = {"status": Status.values}

    @operation(
        "List projects",
        responses.Project,
        many=True,
        text="Your projects, newest first, a page at a time. A page past the end answers 200 with an "
        "empty list.",
    )
    def get(self, request: Request) -> HttpResponse:
        listing = self.read_listing(request)
        if listing.page == 1 and credential_of(request).limited_to is None:
            rows, total = FIRST_PAGE.of(caller(request).pk, listing)
            return page([responses.project_row(row) for row in rows], listing.pagination(total))
        projects = services.projects_of(caller(request), limited_to=credential_of(request).limited_to)
        found = services.with_label(projects.filter(**listing.filters))
        rows, pagination = listing.slice(found.values(*SHOWN))
        return page([responses.project_row(row) for row in rows], pagination)

    @operation(
        "Create a project",
        responses.Project,
        status=201,
        body=NewProjectSerializer,
        text="It is empty until you write files into it. `Location` is its address.",
    )
    def post(self, request: Request) -> HttpResponse:
        project = services.create_project(
            caller(request),
            limited_to=credential_of(request).limited_to,
            **self.read_body(request, NewProjectSerializer),
        )
        return success(_shown(project), status=201, headers={"Location": f"/v1/projects/{project.uid}"})


class ProjectView(ProjectEndpoint):
    @operation("Get a project", responses.Project, errors=(404,))
    def get(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        refuse_parameters(request)
        return success(_shown(project))

    @operation(
        "Change a project",
        responses.Project,
        body=ProjectChangeSerializer,
        errors=(404,),
        text="What you leave out stays as it is.",
    )
    def patch(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        values = self.read_body(request, ProjectChangeSerializer)
        return success(_shown(services.change_project(project, **values)))

    @operation(
        "Delete a project",
        Deleted,
        errors=(404,),
        text="For good, with its files and deployments: what was published is gone at once.",
    )
    def delete(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        refuse_parameters(request)
        services.delete_project(project)
        return success({"id": project.uid, "deleted": True})


def _shown(project: Project) -> dict[str, object]:
    columns = {name: getattr(project, name) for name in PROJECT_COLUMNS}
    return responses.project_row(columns | {"label": getattr(project, "label", None)})  # a new one has none
