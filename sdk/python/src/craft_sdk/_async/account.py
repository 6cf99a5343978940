"""`client.me`, `client.auth`, `client.connected_apps` and `client.activity`."""

from typing import Literal

from craft_sdk._async.pages import AsyncPage
from craft_sdk._async.resource import AsyncResource
from craft_sdk._calls import NOT_GIVEN, NotGiven, Order, deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import Activity, ActivityEvent, Auth, ConnectedApp, Deleted, Me


class AsyncMeResource(AsyncResource):
    """`client.me`: the person for whom the credential acts."""

    async def get(self) -> Me:
        """Who am I? Scope read. Raises CraftError."""
        return await self._run(getting("/v1/me", Me))

    async def update(self, *, name: str | NotGiven = NOT_GIVEN) -> Me:
        """Change the name (1 to 100 characters). Scope write. Raises CraftError."""
        return await self._run(writing("PATCH", "/v1/me", Me, {"name": name}))


class AsyncAuthResource(AsyncResource):
    """`client.auth`: the credential in use."""

    async def get(self) -> Auth:
        """What credential is this? Any scope. Raises CraftError."""
        return await self._run(getting("/v1/auth", Auth))

    async def delete(self) -> Deleted:
        """End the credential in use: the key is deleted, the app's tokens revoked. Raises CraftError."""
        return await self._run(deleting("/v1/auth"))


class AsyncConnectedAppsResource(AsyncResource):
    """`client.connected_apps`. It needs the scope admin, which a key never carries."""

    async def list(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["created_at", "name", "last_used_at"] | None = None,
        order: Order | None = None,
    ) -> AsyncPage[ConnectedApp]:
        """A page of them, the newest first; `limit` is at most 100. Raises CraftError."""
        query = {"page": page, "limit": limit, "sort": sort, "order": order}
        return await self._page(listing("/v1/connected-apps", ConnectedApp, **query))

    async def delete(self, app_id: str) -> Deleted:
        """End an app's access: its tokens are dead at once. Raises NotFoundError, CraftError."""
        return await self._run(deleting(f"/v1/connected-apps/{segment(app_id, 'app_id')}"))


class AsyncActivityResource(AsyncResource):
    """`client.activity`: the security log. It needs the scope admin, which a key never carries."""

    async def list(
        self,
        *,
        event: ActivityEvent | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["created_at"] | None = None,
        order: Order | None = None,
    ) -> AsyncPage[Activity]:
        """A page of it, the newest first; `limit` is at most 100. Raises CraftError."""
        query = {"event": event, "page": page, "limit": limit, "sort": sort, "order": order}
        return await self._page(listing("/v1/activity", Activity, **query))
