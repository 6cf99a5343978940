"""`client.deployments`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from craft_sdk._calls import deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import Deleted, Order
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource
from craft_sdk.resources.projects import project_path

Sort = Literal["created_at"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """An immutable snapshot of a project's files, served at `url`.

    Attributes:
        id: `dep_…`.
        status: `taken_down` once Craft's staff took it off the net; the reason is in the activity.
        files: how many there are in it.
    """

    id: str
    status: Literal["ready", "taken_down"]
    url: str
    files: int
    created_at: datetime


def _path(project_id: str) -> str:
    return f"{project_path(project_id)}/deployments"


def _path_of(project_id: str, deployment_id: str) -> str:
    return f"{_path(project_id)}/{segment(deployment_id, 'deployment_id')}"


class DeploymentsResource(Resource):
    """`client.deployments`."""

    def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> Page[Deployment]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return self._page(
            listing(_path(project_id), Deployment, page=page, limit=limit, sort=sort, order=order)
        )

    def get(self, project_id: str, deployment_id: str) -> Deployment:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return self._run(getting(_path_of(project_id, deployment_id), Deployment))

    def create(self, project_id: str) -> Deployment:
        """Publish the project's files as they are now. Scope write. Raises NotFoundError, CraftError."""
        return self._run(writing("POST", _path(project_id), Deployment, {}))

    def delete(self, project_id: str, deployment_id: str) -> Deleted:
        """Take it off the net and delete it. Scope delete. Raises NotFoundError, CraftError."""
        return self._run(deleting(_path_of(project_id, deployment_id)))


class AsyncDeploymentsResource(AsyncResource):
    """`client.deployments`."""

    async def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> AsyncPage[Deployment]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return await self._page(
            listing(_path(project_id), Deployment, page=page, limit=limit, sort=sort, order=order)
        )

    async def get(self, project_id: str, deployment_id: str) -> Deployment:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return await self._run(getting(_path_of(project_id, deployment_id), Deployment))

    async def create(self, project_id: str) -> Deployment:
        """Publish the project's files as they are now. Scope write. Raises NotFoundError, CraftError."""
        return await self._run(writing("POST", _path(project_id), Deployment, {}))

    async def delete(self, project_id: str, deployment_id: str) -> Deleted:
        """Take it off the net and delete it. Scope delete. Raises NotFoundError, CraftError."""
        return await self._run(deleting(_path_of(project_id, deployment_id)))
