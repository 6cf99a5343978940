"""`client.projects` and `client.deployments`."""

from collections.abc import Mapping
from typing import Any, Literal

from craft_sdk._async.pages import AsyncPage
from craft_sdk._async.resource import AsyncResource
from craft_sdk._calls import NOT_GIVEN, NotGiven, Order, deleting, getting, listing, writing
from craft_sdk._paths import below_project, segment
from craft_sdk.models import Deleted, Deployment, Project, ProjectStatus


class AsyncProjectsResource(AsyncResource):
    """`client.projects`."""

    async def list(
        self,
        *,
        status: ProjectStatus | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["name", "created_at", "updated_at"] | None = None,
        order: Order | None = None,
    ) -> AsyncPage[Project]:
        """A page of them, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        query = {"status": status, "page": page, "limit": limit, "sort": sort, "order": order}
        return await self._page(listing("/v1/projects", Project, **query))

    async def get(self, project_id: str) -> Project:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return await self._run(getting(below_project(project_id), Project))

    async def create(
        self,
        *,
        name: str,
        description: str | NotGiven = NOT_GIVEN,
        template: str | NotGiven | None = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> Project:
        """Make one: name up to 200 characters, description 2,000. Scope write. Raises CraftError."""
        fields = {"name": name, "description": description, "template": template, "settings": settings}
        return await self._run(writing("POST", "/v1/projects", Project, fields))

    async def update(
        self,
        project_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        template: str | NotGiven | None = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
        status: ProjectStatus | NotGiven = NOT_GIVEN,
    ) -> Project:
        """Change what is given. Scope write. Raises NotFoundError, CraftError."""
        fields = {"name": name, "description": description, "template": template, "settings": settings}
        fields["status"] = status
        return await self._run(writing("PATCH", below_project(project_id), Project, fields))

    async def delete(self, project_id: str) -> Deleted:
        """Delete it for good. Scope delete. Raises NotFoundError, CraftError."""
        return await self._run(deleting(below_project(project_id)))


class AsyncDeploymentsResource(AsyncResource):
    """`client.deployments`."""

    async def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["created_at"] | None = None,
        order: Order | None = None,
    ) -> AsyncPage[Deployment]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        query = {"page": page, "limit": limit, "sort": sort, "order": order}
        return await self._page(listing(below_project(project_id, "deployments"), Deployment, **query))

    async def get(self, project_id: str, deployment_id: str) -> Deployment:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return await self._run(getting(self._path_of(project_id, deployment_id), Deployment))

    async def create(self, project_id: str) -> Deployment:
        """Publish the project's files as they are now. Scope write. Raises NotFoundError, CraftError."""
        return await self._run(writing("POST", below_project(project_id, "deployments"), Deployment, {}))

    async def delete(self, project_id: str, deployment_id: str) -> Deleted:
        """Take it off the net and delete it. Scope delete. Raises NotFoundError, CraftError."""
        return await self._run(deleting(self._path_of(project_id, deployment_id)))

    def _path_of(self, project_id: str, deployment_id: str) -> str:
        return below_project(project_id, "deployments", segment(deployment_id, "deployment_id"))
