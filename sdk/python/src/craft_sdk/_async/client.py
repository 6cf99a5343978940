"""The client."""

from collections.abc import Mapping
from copy import copy
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._async.account import (
    AsyncActivityResource,
    AsyncAuthResource,
    AsyncConnectedAppsResource,
    AsyncMeResource,
)
from craft_sdk._async.api_keys import AsyncAPIKeysResource
from craft_sdk._async.files import AsyncFilesResource
from craft_sdk._async.oauth import AsyncCraftOAuth
from craft_sdk._async.projects import AsyncDeploymentsResource, AsyncProjectsResource
from craft_sdk._async.transport import AsyncTransport
from craft_sdk._calls import NOT_GIVEN, NotGiven, free
from craft_sdk._key_ends import OnKeyEnds
from craft_sdk._settings import AsyncTokenSource, Settings, check_source, fixed_token


class AsyncCraftClient:
    """Calls the Craft API. One may be shared by many tasks of one event loop.

    Close it, or use it in `async with`. Cancelling a task ends its call at once, also while it waits.

    Args:
        api_key: `craft_key_…`; default CRAFT_API_KEY.
        access_token: `craft_oat_…`, which you refresh yourself.
        auth: gives access tokens and renews them: an `AsyncCraftOAuth`.
        base_url: address of the API without /v1; default CRAFT_BASE_URL, else https://api.craft.fast.
        timeout: seconds of silence after which a try ends; None for no limit.
        max_retries: how often a call is tried again: any call that was refused for its rate (429), and
            one that can be made twice (GET, PUT, DELETE) after 502, 503, 504 or a lost connection.
        max_retry_wait: seconds that Retry-After may ask to wait; a longer wait is an error instead.
        transport: what httpx sends the requests with, such as one with a proxy; default its own.
        on_key_ends: called with the moment (a datetime in UTC) at which the API key, or its secret that is
            being rotated out, ends, once for each moment that an answer names: from 14 days before. The
            call waits for it (with asyncio it may be a coroutine function); an exception in it is logged
            and does not break the call.

    Raises:
        ConfigurationError: no credential, several, or one that is no whole Craft token.
    """

    me: AsyncMeResource
    auth: AsyncAuthResource
    projects: AsyncProjectsResource
    files: AsyncFilesResource
    deployments: AsyncDeploymentsResource
    api_keys: AsyncAPIKeysResource
    connected_apps: AsyncConnectedAppsResource
    activity: AsyncActivityResource

    def __init__(
        self,
        api_key: str | None = None,
        access_token: str | None = None,
        auth: AsyncTokenSource | None = None,
        base_url: str | None = None,
        timeout: float | None = 60.0,
        max_retries: int = 2,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        max_retry_wait: float = 60.0,
        on_key_ends: OnKeyEnds | None = None,
    ) -> None:
        fixed = fixed_token(api_key, access_token, has_auth=auth is not None)
        check_source(auth, AsyncCraftOAuth)
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._use(AsyncTransport(settings, fixed or auth, transport, on_key_ends))

    def with_options(
        self,
        *,
        timeout: float | NotGiven | None = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        max_retry_wait: float | NotGiven = NOT_GIVEN,
    ) -> "AsyncCraftClient":
        """The same client with other patience: closing either closes both. Raises ConfigurationError."""
        options = {"timeout": timeout, "max_retries": max_retries, "max_retry_wait": max_retry_wait}
        other = copy(self)
        other._use(self._transport.with_settings(self._transport.settings.but(options)))
        return other

    def _use(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self.me = AsyncMeResource(transport)
        self.auth = AsyncAuthResource(transport)
        self.projects = AsyncProjectsResource(transport)
        self.files = AsyncFilesResource(transport)
        self.deployments = AsyncDeploymentsResource(transport)
        self.api_keys = AsyncAPIKeysResource(transport)
        self.connected_apps = AsyncConnectedAppsResource(transport)
        self.activity = AsyncActivityResource(transport)

    async def request(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: Any = None
    ) -> Any:
        """Make any call: `path` is what follows /v1, `json` the body. The answer's `data`, as JSON has it.

        For what the resources do not cover. Raises CraftError.
        """
        return await self._transport.run(free(method, path, params, json))

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> "AsyncCraftClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncCraftClient of {self._transport.settings.base_url}>"
