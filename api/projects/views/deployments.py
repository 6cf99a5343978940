"""/v1/projects/{id}/deployments and /v1/projects/{id}/deployments/{id}."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.envelope import page, success
from api.pagination import refuse_parameters
from api.projects import responses
from api.projects.serializers import EmptySerializer
from api.projects.services import deployments as services
from api.projects.views.endpoint import ProjectEndpoint, find_project
from api.schema.operation import operation
from api.schema.responses import Deleted


class DeploymentsView(ProjectEndpoint):
    """The deployments of a project."""

    sorts = {"createdAt": "created_at"}

    @operation(
        "List deployments",
        responses.Deployment,
        many=True,
        errors=(404,),
        text="Newest first. The newest is the project's `previewUrl`.",
    )
    def get(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        listing = self.read_listing(request)
        rows, pagination = listing.slice(services.deployments_of(project))
        return page([responses.deployment_row(deployment) for deployment in rows], pagination)

    @operation(
        "Deploy",
        responses.Deployment,
        status=201,
        body=EmptySerializer,
        errors=(404,),
        text="Publishes the project's files as they are now, at an address of their own. Later changes do "
        "not touch it.",
    )
    def post(self, request: Request, project_id: str) -> HttpResponse:
        """Publish the project's files as they are now."""
        project = find_project(request, project_id)
        self.read_body(request, EmptySerializer)
        deployment = services.create_deployment(project)
        location = f"/v1/projects/{project.uid}/deployments/{deployment.uid}"
        return success(responses.deployment_row(deployment), status=201, headers={"Location": location})


class DeploymentView(ProjectEndpoint):
    @operation("Get a deployment", responses.Deployment, errors=(404,))
    def get(self, request: Request, project_id: str, deployment_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        refuse_parameters(request)
        return success(responses.deployment_row(services.get_deployment(project, deployment_id)))

    @operation("Delete a deployment", Deleted, errors=(404,), text="Its address answers 404 from now on.")
    def delete(self, request: Request, project_id: str, deployment_id: str) -> HttpResponse:
        """Take it off the net and delete it."""
        project = find_project(request, project_id)
        refuse_parameters(request)
        services.delete_deployment(project, deployment_id)
        return success({"id": deployment_id, "deleted": True})
