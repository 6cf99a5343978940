"""`client.api_keys`: all of it needs the scope admin, which a key never carries."""

from datetime import datetime
from typing import Literal

from craft_sdk._async.pages import AsyncPage
from craft_sdk._async.resource import AsyncResource
from craft_sdk._calls import NOT_GIVEN, NotGiven, Order, deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import APIKey, APIKeyPermission, APIKeyState, APIKeyUsage, CreatedAPIKey, Deleted

PATH = "/v1/api-keys"
Grace = Literal[0, 3600, 86400, 604800]
DAY: Grace = 86400  # seconds


class AsyncAPIKeysResource(AsyncResource):
    """`client.api_keys`. A key is named by `key_…`, its public id or `craft_key_<public id>`.

    An app rotates, enables and restores keys that it made; with another it is ForbiddenError.
    """

    async def list(
        self,
        *,
        state: APIKeyState | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["created_at", "name", "last_used_at"] | None = None,
        order: Order | None = None,
    ) -> AsyncPage[APIKey]:
        """A page of the live ones, or of those in a state; `limit` is at most 100. Raises CraftError."""
        query = {"state": state, "page": page, "limit": limit, "sort": sort, "order": order}
        return await self._page(listing(PATH, APIKey, **query))

    async def get(self, key_id: str) -> APIKey:
        """One of them. Raises NotFoundError, CraftError."""
        return await self._run(getting(self._path_of(key_id), APIKey))

    async def create(
        self, *, name: str, permission: APIKeyPermission, expires_at: datetime | NotGiven | None = NOT_GIVEN
    ) -> CreatedAPIKey:
        """Make one; it never expires unless told. Raises ConflictError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return await self._run(writing("POST", PATH, CreatedAPIKey, fields))

    async def update(
        self,
        key_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        permission: APIKeyPermission | NotGiven = NOT_GIVEN,
        expires_at: datetime | NotGiven | None = NOT_GIVEN,
    ) -> APIKey:
        """Change what is given; None as `expires_at` means never. Raises NotFoundError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return await self._run(writing("PATCH", self._path_of(key_id), APIKey, fields))

    async def delete(self, key_id: str) -> Deleted:
        """End it at once; its owner can undo that for 7 days. Raises NotFoundError, CraftError."""
        return await self._run(deleting(self._path_of(key_id)))

    async def rotate(self, key_id: str, grace: Grace = DAY) -> CreatedAPIKey:
        """Give it a second secret, which is in this answer only; the old one works on for a while.

        `grace`: seconds that the old secret outlives the first use of the new one; 0: it ends at that use.
        Raises ConflictError (not active, or rotating already), NotFoundError, CraftError.
        """
        call = writing("POST", self._path_of(key_id, "/rotate"), CreatedAPIKey, {"grace": grace})
        return await self._run(call)

    async def finish_rotation(self, key_id: str) -> APIKey:
        """End the old secret now, whether the new one was used or not. Raises ConflictError, CraftError."""
        return await self._act(key_id, "/rotation/finish")

    async def cancel_rotation(self, key_id: str) -> APIKey:
        """End the new secret. Raises ConflictError when it was used already, CraftError."""
        return await self._act(key_id, "/rotation/cancel")

    async def disable(self, key_id: str, for_seconds: int | None = None) -> APIKey:
        """Let no call in with it until it is enabled, or for so many seconds. Raises CraftError.

        With a time, ConflictError for one that is disabled already: that would only shorten it.
        """
        fields = {"for": for_seconds}
        return await self._run(writing("POST", self._path_of(key_id, "/disable"), APIKey, fields))

    async def enable(self, key_id: str) -> APIKey:
        """Let it work again. Raises ConflictError for what Craft's staff disabled, CraftError."""
        return await self._act(key_id, "/enable")

    async def restore(self, key_id: str) -> APIKey:
        """Undo its deletion. Raises ConflictError (its name or the 50 are taken, too late), CraftError."""
        return await self._act(key_id, "/restore")

    async def usage(
        self,
        key_id: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        by: Literal["day", "hour"] = "day",
    ) -> APIKeyUsage:
        """How much it is used, by day or hour in UTC; unless told, the last 30 days or 48 hours.

        Raises InvalidRequestError (more than 400 days or hours), NotFoundError, CraftError.
        """
        query = {"from": from_, "to": to, "by": by}
        return await self._run(getting(self._path_of(key_id, "/usage"), APIKeyUsage, **query))

    async def _act(self, key_id: str, action: str) -> APIKey:
        return await self._run(writing("POST", self._path_of(key_id, action), APIKey, {}))

    def _path_of(self, key_id: str, action: str = "") -> str:
        return f"{PATH}/{segment(key_id, 'key_id')}{action}"
