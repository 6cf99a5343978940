"""`client.connected_apps`: all of it needs the scope admin, which a key never carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from craft_sdk._calls import deleting, listing
from craft_sdk._paths import segment
from craft_sdk.models import Deleted, Order, Scope
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource

PATH = "/v1/connected-apps"
Sort = Literal["created_at", "name", "last_used_at"]


@dataclass(frozen=True, kw_only=True)
class ConnectedApp:
    """An app that acts for the caller.

    Attributes:
        id: `app_…`.
    """

    id: str
    name: str
    website: str | None
    scopes: tuple[Scope, ...]
    granted_at: datetime
    last_used_at: datetime | None


class ConnectedAppsResource(Resource):
    """`client.connected_apps`."""

    def list(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> Page[ConnectedApp]:
        """A page of them, the newest first; `limit` is at most 100. Raises CraftError."""
        return self._page(listing(PATH, ConnectedApp, page=page, limit=limit, sort=sort, order=order))

    def delete(self, app_id: str) -> Deleted:
        """End an app's access: its tokens are dead at once. Raises NotFoundError, CraftError."""
        return self._run(deleting(f"{PATH}/{segment(app_id, 'app_id')}"))


class AsyncConnectedAppsResource(AsyncResource):
    """`client.connected_apps`."""

    async def list(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> AsyncPage[ConnectedApp]:
        """A page of them, the newest first; `limit` is at most 100. Raises CraftError."""
        return await self._page(listing(PATH, ConnectedApp, page=page, limit=limit, sort=sort, order=order))

    async def delete(self, app_id: str) -> Deleted:
        """End an app's access: its tokens are dead at once. Raises NotFoundError, CraftError."""
        return await self._run(deleting(f"{PATH}/{segment(app_id, 'app_id')}"))
