"""GET /v1/openapi.json, and what the generator adds to what it reads off the views."""

import copy
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from api.base import Endpoint
from api.envelope import json_response
from api.schema.oauth_paths import OAUTH_PATHS, OAUTH_SHAPES
from apikeys.tokens import Kind, beginning

URLCONF = "api.urls"
HEADERS = {  # name → (type, what it says)
    "X-Request-ID": ("string", "Tell it when you ask for help."),
    "X-RateLimit-Limit": ("integer", "Calls that the window with the fewest left lets through."),
    "X-RateLimit-Remaining": ("integer", "Calls left in it."),
    "X-RateLimit-Reset": ("integer", "When it opens again, in Unix seconds."),
    "X-RateLimit-RetryAfter": ("integer", "0, or the seconds to wait."),
    "Link": (
        "string",
        "`service-desc`: this document. With an error `help`, too: what it means, for people.",
    ),
    "Location": ("string", "Where what was created is, from the root of this host."),
    "WWW-Authenticate": ("string", "What is wrong with the credential (RFC 6750, section 3)."),
    "Retry-After": ("integer", "Seconds to wait."),
    "Craft-Key-Ends": (
        "string",
        "When the API key or the secret in use ends by itself, if that is in the next 14 days: RFC 3339.",
    ),
}
EVERY_ANSWER = [name for name in HEADERS if name.startswith("X-")] + ["Link"]
HEADERS_OF_STATUS = {"201": ["Location"], "401": ["WWW-Authenticate"], "429": ["Retry-After"]}
DONE = {"200": "Done.", "201": "Created."}
PATH_PARAMETERS = {
    "project_id": "`proj_…`",
    "path": "Where the file lies in the project, such as `css/site.css`.",
    "deployment_id": "`dep_…`",
    "key_id": f"`key_…`, the 12-character public id, or `{beginning(Kind.API_KEY)}` and the public id.",
    "app_id": "`app_…`",
}


@method_decorator(gzip_page, name="dispatch")
class OpenAPIView(Endpoint):
    """The document itself; anybody may read it.

    Compressed, for it is the same for all: its length says nothing of anybody (see craft.docs.views).
    """

    needs_credential = False
    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, request: Request) -> HttpResponse:
        return json_response(document(), headers={"Cache-Control": "public, max-age=300"})


class Generator(SchemaGenerator):
    """DEFAULT_GENERATOR_CLASS: reads the API's own table of addresses, which pages do not include."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "urlconf": URLCONF})  # type: ignore[no-untyped-call]  # drf-spectacular leaves it untyped


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of this installation."""
    made: dict[str, Any] = Generator().get_schema(public=True)  # type: ignore[no-untyped-call]  # drf-spectacular leaves it untyped
    return made


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """POSTPROCESSING_HOOKS: the addresses of OAuth, which are no DRF views, and what all answers share."""
    components = result["components"]
    for name, shape in components["schemas"].items():
        if name.endswith("Request"):
            shape.pop(
                "description", None
            )  # the docstring of a serializer, which speaks to who reads the code
            shape["additionalProperties"] = False  # an unknown field is 400
    components["schemas"].update(OAUTH_SHAPES)
    _drop(result, "x-spec-enum-id")  # the generator's own note to itself
    components["headers"] = {
        name: {"description": text, "schema": {"type": kind}} for name, (kind, text) in HEADERS.items()
    }
    result["paths"] = {**result["paths"], **copy.deepcopy(OAUTH_PATHS)}
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = PATH_PARAMETERS[parameter["name"]]
            for status, answer in operation["responses"].items():
                answer["description"] = answer["description"] or DONE[status]
                names = [*EVERY_ANSWER, *HEADERS_OF_STATUS.get(status, ())]
                if {"apiKey": []} in operation["security"] and status != "401":
                    names.append("Craft-Key-Ends")
                answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    result["servers"] = [{"url": settings.API_URL}]
    result["components"]["securitySchemes"] = security_schemes()
    return result


def _drop(value: Any, name: str) -> None:
    """Take a name out of every object in a JSON value."""
    if isinstance(value, dict):
        value.pop(name, None)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _drop(inner, name)


def security_schemes() -> dict[str, Any]:
    """How a call may be authenticated."""
    return {
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "description": f"`Authorization: Bearer {beginning(Kind.API_KEY)}…`, "
            "from Account Settings → API Keys.",
        },
        "oauth2": {
            "type": "oauth2",
            "description": f"`Authorization: Bearer {beginning(Kind.ACCESS_TOKEN)}…`, "
            "for apps that act for users.",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{settings.WEB_URL}/oauth/authorize",
                    "tokenUrl": f"{settings.API_URL}/v1/oauth/token",
                    "refreshUrl": f"{settings.API_URL}/v1/oauth/token",
                    "scopes": settings.OAUTH2_PROVIDER["SCOPES"],
                }
            },
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session cookie of the web host; unsafe methods also need `X-CSRFToken`.",
        },
    }
