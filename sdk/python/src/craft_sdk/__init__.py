"""The Craft API for Python.

from craft_sdk import CraftClient

with CraftClient() as craft:  # the key is in CRAFT_API_KEY
    for project in craft.projects.list().all():
        ...
"""

from craft_sdk._async.client import AsyncCraftClient
from craft_sdk._async.downloads import AsyncFileDownload
from craft_sdk._async.oauth import AsyncCraftOAuth
from craft_sdk._async.pages import AsyncPage
from craft_sdk._calls import NOT_GIVEN, NotGiven
from craft_sdk._oauth_app import Authorization
from craft_sdk._oauth_tokens import AsyncTokenStore, MemoryStore, OAuthTokens, TokenStore
from craft_sdk._settings import AsyncTokenSource, TokenSource
from craft_sdk._sync.client import CraftClient
from craft_sdk._sync.downloads import FileDownload
from craft_sdk._sync.oauth import CraftOAuth
from craft_sdk._sync.pages import Page
from craft_sdk._version import __version__
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
from craft_sdk.models import (
    Activity,
    APIKey,
    APIKeyRotation,
    APIKeyUsage,
    Auth,
    ConnectedApp,
    CreatedAPIKey,
    Deleted,
    Deployment,
    Me,
    OldCaller,
    Pagination,
    Project,
    ProjectFile,
    ProjectFileContent,
    ProjectStats,
    RateLimit,
    RecentCall,
    Scope,
    UsageBucket,
    UsageCaller,
    UsageEndpoint,
)

__all__ = [
    "NOT_GIVEN",
    "APIConnectionError",
    "APIKey",
    "APIKeyRotation",
    "APIKeyUsage",
    "APITimeoutError",
    "Activity",
    "AsyncCraftClient",
    "AsyncCraftOAuth",
    "AsyncFileDownload",
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
    "CreatedAPIKey",
    "Deleted",
    "Deployment",
    "FileDownload",
    "ForbiddenError",
    "InternalError",
    "InvalidRequestError",
    "LengthRequiredError",
    "Me",
    "MemoryStore",
    "MethodNotAllowedError",
    "NotFoundError",
    "NotGiven",
    "OAuthError",
    "OAuthTokens",
    "OldCaller",
    "Page",
    "Pagination",
    "PayloadTooLargeError",
    "PreconditionFailedError",
    "Project",
    "ProjectFile",
    "ProjectFileContent",
    "ProjectStats",
    "RateLimit",
    "RateLimitError",
    "RecentCall",
    "Scope",
    "ServiceUnavailableError",
    "TokenSource",
    "TokenStore",
    "UnauthorizedError",
    "UnexpectedAnswerError",
    "UnsupportedMediaTypeError",
    "UsageBucket",
    "UsageCaller",
    "UsageEndpoint",
    "__version__",
]
