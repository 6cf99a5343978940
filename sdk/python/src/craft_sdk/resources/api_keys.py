"""`client.api_keys`: all of it needs the scope admin, which a key never carries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from craft_sdk._calls import NOT_GIVEN, NotGiven, deleting, getting, listing, writing
from craft_sdk._paths import segment
from craft_sdk.models import Deleted, Order
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource

PATH = "/v1/api-keys"
Permission = Literal["read-only", "read-write"]
State = Literal["active", "expired", "deleted", "revoked", "disabled"]
Sort = Literal["created_at", "name", "last_used_at"]


@dataclass(frozen=True, kw_only=True)
class APIKey:
    """An API key, without its secret.

    Attributes:
        id: `key_…`.
        public_id: the key begins with `craft_key_<public_id>`.
        expires_at: None when it never does.
        last_used_from: the address it was last used from.
    """

    id: str
    public_id: str
    name: str
    permission: Permission
    state: State
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None


@dataclass(frozen=True, kw_only=True)
class NewAPIKey(APIKey):
    """An API key with its secret, which is in this answer only.

    Attributes:
        key: the secret. Keep it now: it is not shown again.
    """

    key: str = field(repr=False)


def _path_of(key_id: str) -> str:
    return f"{PATH}/{segment(key_id, 'key_id')}"


class APIKeysResource(Resource):
    """`client.api_keys`. A key is named by `key_…`, its public id or `craft_key_<public id>`."""

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


class AsyncAPIKeysResource(AsyncResource):
    """`client.api_keys`. A key is named by `key_…`, its public id or `craft_key_<public id>`."""

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
