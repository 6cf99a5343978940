"""Example values and answers for the API reference, made from the shapes of the OpenAPI document."""

from typing import Any
from urllib.parse import urlencode

from apikeys.tokens import Kind, shown_id

Schema = dict[str, Any]

# Example tokens end in XXXXXX: their checksum is wrong, and no scanner takes them for real ones.
KEY, CODE, ACCESS, REFRESH, SECRET = (
    f"{shown_id(kind, public_id)}_EXAMPLEexampleEXAMPLEexample0000XXXXXX"
    for kind, public_id in (
        (Kind.API_KEY, "8Fq2kT7mWc1Z"),
        (Kind.AUTHORIZATION_CODE, "3Hn6sR9vBd4K"),
        (Kind.ACCESS_TOKEN, "5Jp8uT1xDf6M"),
        (Kind.REFRESH_TOKEN, "7Lr0wV3zFh8P"),
        (Kind.CLIENT_SECRET, "9Nt2yX5bHk0S"),
    )
)
APP = "app_Jt4vNc92KzEb8sYh"
MOMENT, EARLIER, LATER = "2026-11-24T09:58:04.120Z", "2026-11-20T08:00:00.000Z", "2027-02-22T08:00:00.000Z"

VALUES: dict[str, Any] = {  # by the name of a property, or of its shape and the property
    "APIKey.id": "key_9dKq2mVx7TbW4uLs",
    "APIKey.name": "Reports bot",
    "Activity.id": "act_4wBz7RkNf0Yp2HcJ",
    "Auth.id": "key_9dKq2mVx7TbW4uLs",
    "Auth.name": "Reports bot",
    "Auth.scopes": ["read"],
    "ConnectedApp.id": APP,
    "ConnectedApp.name": "Acme Sync",
    "ConnectedApp.scopes": ["read", "write"],
    "Deployment.id": "dep_5hR8wPq0LmXa7TbW",
    "File.size": 14,
    "Disable.for": 600,
    "Me.id": "user_6Tc3Xn8QvLw1Ze5K",
    "Me.name": "John Doe",
    "OldCaller.address": "203.0.113.7",
    "RateLimit.limit": 60,
    "Rotation.grace": 86_400,
    "Rotation.newUsedAt": None,
    "Rotation.endsAt": None,
    "UsageBucket.ok": 1_204,
    "UsageBucket.refused": 2,
    "UsageBucket.limited": 0,
    "UsageBucket.invalid": 1,
    "UsageBucket.failed": 0,
    "UsageBucket.reads": 1_207,
    "UsageBucket.writes": 0,
    "UsageBucket.deletes": 0,
    "UsageBucket.at": "2026-11-24T00:00:00.000Z",
    "UsageCaller.address": "203.0.113.7",
    "UsageCaller.requests": 1_207,
    "UsageEndpoint.path": "/v1/projects/{id}",
    "UsageEndpoint.method": "GET",
    "UsageEndpoint.requests": 1_186,
    "RecentCall.address": "203.0.113.7",
    "RecentCall.method": "GET",
    "RecentCall.path": "/v1/projects/{id}",
    "RecentCall.status": 200,
    "RecentCall.requestId": "3f0c1a52f6d94d6f8f7a3d2b1c0e9a88",
    "access_token": ACCESS,
    "active": True,
    "aud": "https://api.craft.fast/v1",
    "client_id": APP,
    "content": "<h1>Hello</h1>",
    "contentType": "text/html",
    "createdAt": EARLIER,
    "credential": "8Fq2kT7mWc1Z",
    "description": "",
    "details": {"name": "Reports bot"},
    "disabledUntil": None,
    "email": "user@example.com",
    "event": "key_created",
    "exp": 1795515600,
    "expiresAt": LATER,
    "expires_in": 3600,
    "files": 12,
    "grantedAt": EARLIER,
    "hasMore": True,
    "iat": 1795512000,
    "id": "proj_2Hs9vQ8mLk3Xc7Ba",
    "ip": "203.0.113.7",
    "iss": "https://craft.fast",
    "key": KEY,
    "lastUsedFrom": "203.0.113.7",
    "limit": 1,
    "name": "Spring catalogue",
    "page": 1,
    "path": "index.html",
    "previewUrl": None,
    "publicId": "8Fq2kT7mWc1Z",
    "refresh_token": REFRESH,
    "remaining": 59,
    "reset": 1795515600,
    "scope": "read write",
    "sha256": "e2c6c0ea7c7900c31f953e48d30d5e839801ab90630d751e7c8426ed5859da47",
    "size": 14,
    "sub": "user_6Tc3Xn8QvLw1Ze5K",
    "template": None,
    "token_type": "Bearer",
    "total": 34,
    "totalPages": 34,
    "url": "https://q7f3k2m9x4.craft-preview.example/",
    "userAgent": "curl/8.5",
    "website": "https://app.acme.com",
}
PARAMETERS = {
    "project_id": "proj_2Hs9vQ8mLk3Xc7Ba",
    "path": "index.html",
    "deployment_id": "dep_5hR8wPq0LmXa7TbW",
    "key_id": "key_9dKq2mVx7TbW4uLs",
    "app_id": APP,
}
CLIENT = {"client_id": APP, "client_secret": SECRET}
# What the answer to this call has otherwise than its shape's example: by operation.
_OF_A_NEW_KEY: dict[str, Any] = {
    "createdAt": MOMENT,
    "lastUsedAt": None,
    "lastUsedFrom": None,
    "rotation": None,
}
_BEGUN = {"grace": 86_400, "startedAt": MOMENT, "newUsedAt": None, "endsAt": None, "oldCallers": []}
ANSWERS: dict[str, dict[str, Any]] = {
    "cancelAPIKeyRotation": {"rotation": None},
    "createAPIKey": _OF_A_NEW_KEY,
    "createFile": {"createdAt": MOMENT},
    "createProject": {"stats": {"files": 0, "lastEditedAt": None}, "createdAt": MOMENT},
    "disableAPIKey": {"state": "disabled", "disabledUntil": "2026-11-24T10:08:04.120Z", "rotation": None},
    "enableAPIKey": {"rotation": None},
    "finishAPIKeyRotation": {"rotation": None},
    "restoreAPIKey": {"rotation": None},
    "rotateAPIKey": {"rotation": _BEGUN},
    "updateAPIKey": {"rotation": None},
}
BODIES: dict[str, dict[str, Any]] = {
    "createAPIKey": {"name": "Reports bot", "permission": "read-only", "expiresAt": LATER},
    "createFile": {"path": "index.html", "content": "<h1>Hello</h1>"},
    "createOAuthToken": {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": "https://yourapp.com/callback",
        **CLIENT,
    },
    "createProject": {"name": "Spring catalogue"},
    "disableAPIKey": {"for": 600},
    "introspectOAuthToken": {"token": ACCESS, **CLIENT},
    "putFile": {"content": "<h1>Hello</h1>"},
    "revokeOAuthToken": {"token": REFRESH, **CLIENT},
    "rotateAPIKey": {"grace": 86_400},
    "updateAPIKey": {"name": "Reports bot"},
    "updateMe": {"name": "John Doe"},
    "updateProject": {"name": "Spring catalogue"},
}


def example_of(schema: Schema, schemas: dict[str, Schema], shape: str = "", name: str = "") -> Any:
    """An example value of a schema. `shape` and `name` are the component and the property that hold it."""
    if "$ref" in schema:
        shape = schema["$ref"].rpartition("/")[2]
        return example_of(schemas[shape], schemas, shape)
    for key in ("oneOf", "allOf", "anyOf"):
        if key in schema:
            return example_of(schema[key][0], schemas, shape, name)
    if "properties" in schema:
        return {key: example_of(value, schemas, shape, key) for key, value in schema["properties"].items()}
    for known in (f"{shape}.{name}", f"{shape.removeprefix('New')}.{name}", name):
        if known in VALUES:
            return VALUES[known]
    return _by_type(schema, schemas)


def _by_type(schema: Schema, schemas: dict[str, Schema]) -> Any:
    if "default" in schema or "enum" in schema:
        return schema.get("default", schema.get("enum", [None])[0])
    if schema.get("format") == "date-time":
        return MOMENT
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "array":
        return [example_of(schema["items"], schemas)]
    return {"boolean": True, "integer": 1, "object": {}}.get(kind, "…")


def example_path(path: str, query: dict[str, str]) -> str:
    """The path with example parameters, and a query string."""
    for name, value in PARAMETERS.items():
        path = path.replace(f"{{{name}}}", value)
    return f"{path}?{urlencode(query)}" if query else path
