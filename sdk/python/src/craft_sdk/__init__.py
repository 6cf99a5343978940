"""The Craft API for Python.

from craft_sdk import CraftClient

with CraftClient() as craft:  # the key is in CRAFT_API_KEY
    for project in craft.projects.list().all():
        ...
"""

from craft_sdk._calls import NOT_GIVEN, NotGiven
from craft_sdk._settings import AsyncTokenSource, TokenSource
from craft_sdk._version import __version__
from craft_sdk.client import AsyncCraftClient, CraftClient
from craft_sdk.errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    ConflictError,
    CraftError,
    ForbiddenError,
    InternalError,
    InvalidRequestError,
    LengthRequiredError,
    MethodNotAllowedError,
    NotFoundError,
    OAuthError,
    PayloadTooLargeError,
    PreconditionFailedError,
    RateLimitError,
    ServiceUnavailableError,
    UnauthorizedError,
    UnexpectedAnswerError,
    UnsupportedMediaTypeError,
)
from craft_sdk.models import Deleted, Pagination, Scope
from craft_sdk.oauth.app import Authorization
from craft_sdk.oauth.tasks import AsyncCraftOAuth
from craft_sdk.oauth.threads import CraftOAuth
from craft_sdk.oauth.tokens import AsyncTokenStore, MemoryStore, Tokens, TokenStore
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources.activity import Activity
from craft_sdk.resources.api_key_models import (
    APIKey,
    NewAPIKey,
    OldCaller,
    RecentCall,
    Rotation,
    Usage,
    UsageBucket,
    UsageCaller,
    UsageEndpoint,
)
from craft_sdk.resources.auth import Auth, RateLimit
from craft_sdk.resources.connected_apps import ConnectedApp
from craft_sdk.resources.deployments import Deployment
from craft_sdk.resources.downloads import AsyncDownload, Download
from craft_sdk.resources.files import File, FileContent
from craft_sdk.resources.me import Me
from craft_sdk.resources.projects import Project, ProjectStats

__all__ = [
    "NOT_GIVEN",
    "APIConnectionError",
    "APIKey",
    "APITimeoutError",
    "Activity",
    "AsyncCraftClient",
    "AsyncCraftOAuth",
    "AsyncDownload",
    "AsyncPage",
    "AsyncTokenSource",
    "AsyncTokenStore",
    "Auth",
    "Authorization",
    "ConfigurationError",
    "ConflictError",
    "ConnectedApp",
    "CraftClient",
    "CraftError",
    "CraftOAuth",
    "Deleted",
    "Deployment",
    "Download",
    "File",
    "FileContent",
    "ForbiddenError",
    "InternalError",
    "InvalidRequestError",
    "LengthRequiredError",
    "Me",
    "MemoryStore",
    "MethodNotAllowedError",
    "NewAPIKey",
    "NotFoundError",
    "NotGiven",
    "OAuthError",
    "OldCaller",
    "Page",
    "Pagination",
    "PayloadTooLargeError",
    "PreconditionFailedError",
    "Project",
    "ProjectStats",
    "RateLimit",
    "RateLimitError",
    "RecentCall",
    "Rotation",
    "Scope",
    "ServiceUnavailableError",
    "TokenSource",
    "TokenStore",
    "Tokens",
    "UnauthorizedError",
    "UnexpectedAnswerError",
    "UnsupportedMediaTypeError",
    "Usage",
    "UsageBucket",
    "UsageCaller",
    "UsageEndpoint",
    "__version__",
]
