"""`client.auth`: the credential in use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from craft_sdk._calls import deleting, getting
from craft_sdk.models import Deleted, Scope
from craft_sdk.resources._base import AsyncResource, Resource

PATH = "/v1/auth"


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """What is left in the window with the fewest calls left.

    Attributes:
        reset: when the window ends, in Unix seconds.
    """

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True, kw_only=True)
class Auth:
    """The credential in use.

    Attributes:
        id: the key's or, for OAuth, the app's id; None for a session. `name` likewise.
        expires_at: None when it never does.
        rate_limit: None where there is no limit.
    """

    kind: Literal["api_key", "oauth", "session"]
    id: str | None
    name: str | None
    scopes: tuple[Scope, ...]
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    rate_limit: RateLimit | None


class AuthResource(Resource):
    """`client.auth`."""

    def get(self) -> Auth:
        """What credential is this? Any scope. Raises CraftError."""
        return self._run(getting(PATH, Auth))

    def delete(self) -> Deleted:
        """End the credential in use: the key is deleted, the app's tokens revoked. Raises CraftError."""
        return self._run(deleting(PATH))


class AsyncAuthResource(AsyncResource):
    """`client.auth`."""

    async def get(self) -> Auth:
        """What credential is this? Any scope. Raises CraftError."""
        return await self._run(getting(PATH, Auth))

    async def delete(self) -> Deleted:
        """End the credential in use: the key is deleted, the app's tokens revoked. Raises CraftError."""
        return await self._run(deleting(PATH))
