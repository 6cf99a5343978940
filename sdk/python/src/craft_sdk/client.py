"""The two clients: `CraftClient` for threads, `AsyncCraftClient` for asyncio."""

from collections.abc import Mapping
from copy import copy
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._calls import NOT_GIVEN, NotGiven, free
from craft_sdk._key_ends import OnKeyEnds
from craft_sdk._settings import AsyncTokenSource, Settings, TokenSource, check_source, fixed_token
from craft_sdk._transport import AsyncTransport, Transport
from craft_sdk.oauth.tasks import AsyncCraftOAuth
from craft_sdk.oauth.threads import CraftOAuth
from craft_sdk.resources.activity import ActivityResource, AsyncActivityResource
from craft_sdk.resources.api_keys import APIKeysResource, AsyncAPIKeysResource
from craft_sdk.resources.auth import AsyncAuthResource, AuthResource
from craft_sdk.resources.connected_apps import AsyncConnectedAppsResource, ConnectedAppsResource
from craft_sdk.resources.deployments import AsyncDeploymentsResource, DeploymentsResource
from craft_sdk.resources.files import AsyncFilesResource, FilesResource
from craft_sdk.resources.me import AsyncMeResource, MeResource
from craft_sdk.resources.projects import AsyncProjectsResource, ProjectsResource


class CraftClient:
    """Calls the Craft API. One client may be shared by many threads; close it, or use it in `with`.

    Args:
        api_key: `craft_key_…`; default CRAFT_API_KEY.
        access_token: `craft_oat_…`, which you refresh yourself.
        auth: gives access tokens and renews them: a `CraftOAuth`.
        base_url: address of the API without /v1; default CRAFT_BASE_URL, else https://api.craft.fast.
        timeout: seconds of silence after which a try ends; None for no limit.
        max_retries: how often a call is tried again: any call that was refused for its rate (429), and
            one that changes nothing after 502, 503, 504 or a lost connection.
        max_retry_wait: seconds that Retry-After may ask to wait; a longer wait is an error instead.
        transport: what httpx sends the requests with, such as one with a proxy; default its own.
        on_key_ends: called with the moment (a datetime in UTC) at which the API key, or its secret that is
            being rotated out, ends, once for each moment that an answer names: from 14 days before. The
            call waits for it; an exception in it is logged and does not break the call.

    Raises:
        ConfigurationError: no credential, several, or one that is no whole Craft token.
    """

    me: MeResource
    auth: AuthResource
    projects: ProjectsResource
    files: FilesResource
    deployments: DeploymentsResource
    api_keys: APIKeysResource
    connected_apps: ConnectedAppsResource
    activity: ActivityResource

    def __init__(
        self,
        api_key: str | None = None,
        access_token: str | None = None,
        auth: TokenSource | None = None,
        base_url: str | None = None,
        timeout: float | None = 60.0,
        max_retries: int = 2,
        transport: httpx.BaseTransport | None = None,
        *,
        max_retry_wait: float = 60.0,
        on_key_ends: OnKeyEnds | None = None,
    ) -> None:
        fixed = fixed_token(api_key, access_token, has_auth=auth is not None)
        check_source(auth, CraftOAuth, AsyncCraftOAuth)
        settings = Settings.of(base_url, timeout, max_retries, max_retry_wait)
        self._use(Transport(settings, fixed or auth, transport, on_key_ends))

    def with_options(
        self,
        *,
        timeout: float | NotGiven | None = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        max_retry_wait: float | NotGiven = NOT_GIVEN,
    ) -> "CraftClient":
        """The same client with other patience: closing either closes both. Raises ConfigurationError."""
        options = {"timeout": timeout, "max_retries": max_retries, "max_retry_wait": max_retry_wait}
        other = copy(self)
        other._use(self._transport.with_settings(self._transport.settings.but(options)))
        return other

    def _use(self, transport: Transport) -> None:
        self._transport = transport
        self.me = MeResource(self._transport)
        self.auth = AuthResource(self._transport)
        self.projects = ProjectsResource(self._transport)
        self.files = FilesResource(self._transport)
        self.deployments = DeploymentsResource(self._transport)
        self.api_keys = APIKeysResource(self._transport)
        self.connected_apps = ConnectedAppsResource(self._transport)
        self.activity = ActivityResource(self._transport)

    def request(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: Any = None
    ) -> Any:
        """Make any call: `path` is what follows /v1, `json` the body. The answer's `data`, as JSON has it.

        For what the resources do not cover. Raises CraftError.
        """
        return self._transport.run(free(method, path, params, json))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> "CraftClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<CraftClient of {self._transport.settings.base_url}>"


class AsyncCraftClient:
    """Calls the Craft API from asyncio; else as `CraftClient`. Close it, or use it in `async with`.

    `on_key_ends` may be a coroutine function.
    Cancelling a task ends its call at once, also while it waits to try again.
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
        check_source(auth, AsyncCraftOAuth, CraftOAuth)
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
        self.me = AsyncMeResource(self._transport)
        self.auth = AsyncAuthResource(self._transport)
        self.projects = AsyncProjectsResource(self._transport)
        self.files = AsyncFilesResource(self._transport)
        self.deployments = AsyncDeploymentsResource(self._transport)
        self.api_keys = AsyncAPIKeysResource(self._transport)
        self.connected_apps = AsyncConnectedAppsResource(self._transport)
        self.activity = AsyncActivityResource(self._transport)

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
