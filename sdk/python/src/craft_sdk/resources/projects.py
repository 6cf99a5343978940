"""`client.projects`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from craft_sdk._calls import NOT_GIVEN, NotGiven, deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import Deleted, Order
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource

PATH = "/v1/projects"
Status = Literal["active", "archived"]
Sort = Literal["name", "created_at", "updated_at"]


@dataclass(frozen=True, kw_only=True)
class ProjectStats:
    """About a project's files."""

    files: int
    last_edited_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project.

    Attributes:
        id: `proj_…`.
        preview_url: the latest deployment; None until there is one.
        settings: your own values, as JSON has them.
    """

    id: str
    name: str
    description: str
    status: Status
    template: str | None
    preview_url: str | None
    settings: Mapping[str, Any] = field(hash=False)
    stats: ProjectStats
    created_at: datetime
    updated_at: datetime


def project_path(project_id: str) -> str:
    """Where a project is. Raises InvalidRequestError."""
    return f"{PATH}/{segment(project_id, 'project_id')}"


class ProjectsResource(Resource):
    """`client.projects`."""

    def list(
        self,
        *,
        status: Status | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> Page[Project]:
        """A page of them, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return self._page(
            listing(PATH, Project, status=status, page=page, limit=limit, sort=sort, order=order)
        )

    def get(self, project_id: str) -> Project:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return self._run(getting(project_path(project_id), Project))

    def create(
        self,
        *,
        name: str,
        description: str | NotGiven = NOT_GIVEN,
        template: str | NotGiven | None = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> Project:
        """Make one: name up to 200 characters, description 2,000. Scope write. Raises CraftError."""
        fields = {"name": name, "description": description, "template": template, "settings": settings}
        return self._run(writing("POST", PATH, Project, fields))

    def update(
        self,
        project_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        template: str | NotGiven | None = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
        status: Status | NotGiven = NOT_GIVEN,
    ) -> Project:
        """Change what is given. Scope write. Raises NotFoundError, CraftError."""
        fields = {"name": name, "description": description, "template": template, "settings": settings}
        fields["status"] = status
        return self._run(writing("PATCH", project_path(project_id), Project, fields))

    def delete(self, project_id: str) -> Deleted:
        """Delete it for good. Scope delete. Raises NotFoundError, CraftError."""
        return self._run(deleting(project_path(project_id)))


class AsyncProjectsResource(AsyncResource):
    """`client.projects`."""

    async def list(
        self,
        *,
        status: Status | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> AsyncPage[Project]:
        """A page of them, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return await self._page(
            listing(PATH, Project, status=status, page=page, limit=limit, sort=sort, order=order)
        )

    async def get(self, project_id: str) -> Project:
        """One of them. Scope read. Raises NotFoundError, CraftError."""
        return await self._run(getting(project_path(project_id), Project))

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
        return await self._run(writing("POST", PATH, Project, fields))

    async def update(
        self,
        project_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        template: str | NotGiven | None = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
        status: Status | NotGiven = NOT_GIVEN,
    ) -> Project:
        """Change what is given. Scope write. Raises NotFoundError, CraftError."""
        fields = {"name": name, "description": description, "template": template, "settings": settings}
        fields["status"] = status
        return await self._run(writing("PATCH", project_path(project_id), Project, fields))

    async def delete(self, project_id: str) -> Deleted:
        """Delete it for good. Scope delete. Raises NotFoundError, CraftError."""
        return await self._run(deleting(project_path(project_id)))
