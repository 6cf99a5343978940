"""`client.api_keys`: all of it needs the scope admin, which a key never carries."""

from datetime import datetime
from typing import Literal

from craft_sdk._calls import NOT_GIVEN, Call, NotGiven, deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import Deleted, Order
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource
from craft_sdk.resources.api_key_models import APIKey, Grace, NewAPIKey, Period, Permission, State, Usage

PATH = "/v1/api-keys"
DAY: Grace = 86400  # seconds
Sort = Literal["created_at", "name", "last_used_at"]


def _path_of(key_id: str) -> str:
    return f"{PATH}/{segment(key_id, 'key_id')}"


def _acting(key_id: str, action: str) -> Call[APIKey]:
    return writing("POST", f"{_path_of(key_id)}/{action}", APIKey, {})


def _rotating(key_id: str, grace: Grace) -> Call[NewAPIKey]:
    return writing("POST", f"{_path_of(key_id)}/rotate", NewAPIKey, {"grace": grace})


def _disabling(key_id: str, for_seconds: int | None) -> Call[APIKey]:
    return writing("POST", f"{_path_of(key_id)}/disable", APIKey, {"for": for_seconds})


def _using(key_id: str, start: datetime | None, end: datetime | None, by: Period) -> Call[Usage]:
    return getting(f"{_path_of(key_id)}/usage", Usage, **{"from": start, "to": end, "by": by})


class APIKeysResource(Resource):
    """`client.api_keys`. A key is named by `key_…`, its public id or `craft_key_<public id>`.

    An app rotates, enables and restores keys that it made; with another it is ForbiddenError.
    """

    def list(
        self,
        *,
        state: State | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> Page[APIKey]:
        """A page of the live ones, or of those in a state; `limit` is at most 100. Raises CraftError."""
        return self._page(listing(PATH, APIKey, state=state, page=page, limit=limit, sort=sort, order=order))

    def get(self, key_id: str) -> APIKey:
        """One of them. Raises NotFoundError, CraftError."""
        return self._run(getting(_path_of(key_id), APIKey))

    def create(
        self, *, name: str, permission: Permission, expires_at: datetime | NotGiven | None = NOT_GIVEN
    ) -> NewAPIKey:
        """Make one; it never expires unless told. Raises ConflictError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return self._run(writing("POST", PATH, NewAPIKey, fields))

    def update(
        self,
        key_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        permission: Permission | NotGiven = NOT_GIVEN,
        expires_at: datetime | NotGiven | None = NOT_GIVEN,
    ) -> APIKey:
        """Change what is given; None as `expires_at` means never. Raises NotFoundError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return self._run(writing("PATCH", _path_of(key_id), APIKey, fields))

    def delete(self, key_id: str) -> Deleted:
        """End it at once; its owner can undo that for 7 days. Raises NotFoundError, CraftError."""
        return self._run(deleting(_path_of(key_id)))

    def rotate(self, key_id: str, grace: Grace = DAY) -> NewAPIKey:
        """Give it a second secret, which is in this answer only; the old one works on for a while.

        `grace`: seconds that the old secret outlives the first use of the new one; 0: it ends at that use.
        Raises ConflictError (not active, or rotating already), NotFoundError, CraftError.
        """
        return self._run(_rotating(key_id, grace))

    def finish_rotation(self, key_id: str) -> APIKey:
        """End the old secret now, whether the new one was used or not. Raises ConflictError, CraftError."""
        return self._run(_acting(key_id, "rotation/finish"))

    def cancel_rotation(self, key_id: str) -> APIKey:
        """End the new secret. Raises ConflictError when it was used already, CraftError."""
        return self._run(_acting(key_id, "rotation/cancel"))

    def disable(self, key_id: str, for_seconds: int | None = None) -> APIKey:
        """Let no call in with it until it is enabled, or for so many seconds. Raises CraftError.

        With a time, ConflictError for one that is disabled already: that would only shorten it.
        """
        return self._run(_disabling(key_id, for_seconds))

    def enable(self, key_id: str) -> APIKey:
        """Let it work again. Raises ConflictError for what Craft's staff disabled, CraftError."""
        return self._run(_acting(key_id, "enable"))

    def restore(self, key_id: str) -> APIKey:
        """Undo its deletion. Raises ConflictError (its name or the 50 are taken, too late), CraftError."""
        return self._run(_acting(key_id, "restore"))

    def usage(
        self,
        key_id: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        by: Period = "day",
    ) -> Usage:
        """How much it is used, by day or hour in UTC; unless told, the last 30 days or 48 hours.

        Raises InvalidRequestError (more than 400 days or hours), NotFoundError, CraftError.
        """
        return self._run(_using(key_id, from_, to, by))


class AsyncAPIKeysResource(AsyncResource):
    """`client.api_keys`. A key is named by `key_…`, its public id or `craft_key_<public id>`.

    An app rotates, enables and restores keys that it made; with another it is ForbiddenError.
    """

    async def list(
        self,
        *,
        state: State | None = None,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> AsyncPage[APIKey]:
        """A page of the live ones, or of those in a state; `limit` is at most 100. Raises CraftError."""
        return await self._page(
            listing(PATH, APIKey, state=state, page=page, limit=limit, sort=sort, order=order)
        )

    async def get(self, key_id: str) -> APIKey:
        """One of them. Raises NotFoundError, CraftError."""
        return await self._run(getting(_path_of(key_id), APIKey))

    async def create(
        self, *, name: str, permission: Permission, expires_at: datetime | NotGiven | None = NOT_GIVEN
    ) -> NewAPIKey:
        """Make one; it never expires unless told. Raises ConflictError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return await self._run(writing("POST", PATH, NewAPIKey, fields))

    async def update(
        self,
        key_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        permission: Permission | NotGiven = NOT_GIVEN,
        expires_at: datetime | NotGiven | None = NOT_GIVEN,
    ) -> APIKey:
        """Change what is given; None as `expires_at` means never. Raises NotFoundError, CraftError."""
        fields = {"name": name, "permission": permission, "expires_at": expires_at}
        return await self._run(writing("PATCH", _path_of(key_id), APIKey, fields))

    async def delete(self, key_id: str) -> Deleted:
        """End it at once; its owner can undo that for 7 days. Raises NotFoundError, CraftError."""
        return await self._run(deleting(_path_of(key_id)))

    async def rotate(self, key_id: str, grace: Grace = DAY) -> NewAPIKey:
        """Give it a second secret, which is in this answer only; the old one works on for a while.

        `grace`: seconds that the old secret outlives the first use of the new one; 0: it ends at that use.
        Raises ConflictError (not active, or rotating already), NotFoundError, CraftError.
        """
        return await self._run(_rotating(key_id, grace))

    async def finish_rotation(self, key_id: str) -> APIKey:
        """End the old secret now, whether the new one was used or not. Raises ConflictError, CraftError."""
        return await self._run(_acting(key_id, "rotation/finish"))

    async def cancel_rotation(self, key_id: str) -> APIKey:
        """End the new secret. Raises ConflictError when it was used already, CraftError."""
        return await self._run(_acting(key_id, "rotation/cancel"))

    async def disable(self, key_id: str, for_seconds: int | None = None) -> APIKey:
        """Let no call in with it until it is enabled, or for so many seconds. Raises CraftError.

        With a time, ConflictError for one that is disabled already: that would only shorten it.
        """
        return await self._run(_disabling(key_id, for_seconds))

    async def enable(self, key_id: str) -> APIKey:
        """Let it work again. Raises ConflictError for what Craft's staff disabled, CraftError."""
        return await self._run(_acting(key_id, "enable"))

    async def restore(self, key_id: str) -> APIKey:
        """Undo its deletion. Raises ConflictError (its name or the 50 are taken, too late), CraftError."""
        return await self._run(_acting(key_id, "restore"))

    async def usage(
        self,
        key_id: str,
        from_: datetime | None = None,
        to: datetime | None = None,
        by: Period = "day",
    ) -> Usage:
        """How much it is used, by day or hour in UTC; unless told, the last 30 days or 48 hours.

        Raises InvalidRequestError (more than 400 days or hours), NotFoundError, CraftError.
        """
        return await self._run(_using(key_id, from_, to, by))
