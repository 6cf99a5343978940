# Made of ../_async/client.py by `make sdk-generate`: change that one.
"""The client."""

from collections.abc import Mapping
from copy import copy
from types import TracebackType
from typing import Any

import httpx

from craft_sdk._calls import NOT_GIVEN, NotGiven, free
from craft_sdk._key_ends import OnKeyEnds
from craft_sdk._settings import Settings, TokenSource, check_source, fixed_token
from craft_sdk._sync.account import (
    ActivityResource,
    AuthResource,
    ConnectedAppsResource,
    MeResource,
)
from craft_sdk._sync.api_keys import APIKeysResource
from craft_sdk._sync.files import FilesResource
from craft_sdk._sync.oauth import CraftOAuth
from craft_sdk._sync.projects import DeploymentsResource, ProjectsResource
from craft_sdk._sync.transport import Transport


class CraftClient:
    """Calls the Craft API. One may be shared by many threads.

    Close it, or use it in `with`.

    Args:
        api_key: `craft_key_…`; default CRAFT_API_KEY.
        access_token: `craft_oat_…`, which you refresh yourself.
        auth: gives access tokens and renews them: a `CraftOAuth`.
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
        check_source(auth, CraftOAuth)
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
        self.me = MeResource(transport)
        self.auth = AuthResource(transport)
        self.projects = ProjectsResource(transport)
        self.files = FilesResource(transport)
        self.deployments = DeploymentsResource(transport)
        self.api_keys = APIKeysResource(transport)
        self.connected_apps = ConnectedAppsResource(transport)
        self.activity = ActivityResource(transport)

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
