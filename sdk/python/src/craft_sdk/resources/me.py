"""`client.me`: the person for whom the credential acts."""

from dataclasses import dataclass

from craft_sdk._calls import NOT_GIVEN, NotGiven, getting, writing
from craft_sdk.resources._base import AsyncResource, Resource

PATH = "/v1/me"


@dataclass(frozen=True, kw_only=True)
class Me:
    """The person for whom the credential acts.

    Attributes:
        id: `user_…`.
    """

    id: str
    email: str
    name: str


class MeResource(Resource):
    """`client.me`."""

    def get(self) -> Me:
        """Who am I? Scope read. Raises CraftError."""
        return self._run(getting(PATH, Me))

    def update(self, *, name: str | NotGiven = NOT_GIVEN) -> Me:
        """Change the name (1 to 100 characters). Scope write. Raises CraftError."""
        return self._run(writing("PATCH", PATH, Me, {"name": name}))


class AsyncMeResource(AsyncResource):
    """`client.me`."""

    async def get(self) -> Me:
        """Who am I? Scope read. Raises CraftError."""
        return await self._run(getting(PATH, Me))

    async def update(self, *, name: str | NotGiven = NOT_GIVEN) -> Me:
        """Change the name (1 to 100 characters). Scope write. Raises CraftError."""
        return await self._run(writing("PATCH", PATH, Me, {"name": name}))
