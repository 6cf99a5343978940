"""GET /v1/openapi.json, and what the generator adds to what it reads off the views."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from api.base import Endpoint
from api.envelope import json_response
from api.schema.oauth import OAUTH_PATHS, OAUTH_SHAPES

URLCONF = "api.urls"
LIMIT_HEADERS = {
    "X-RateLimit-Limit": "Calls that the window with the fewest left lets through.",
    "X-RateLimit-Remaining": "Calls left in it.",
    "X-RateLimit-Reset": "When it opens again, in Unix seconds.",
    "X-RateLimit-RetryAfter": "0, or the seconds to wait.",
}


class OpenAPIView(Endpoint):
    """The document itself; anybody may read it."""

    needs_credential = False
    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1, JSON."""
        return json_response(document(), headers={"Cache-Control": "public, max-age=300"})


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of this installation."""
    generator = SchemaGenerator(urlconf=URLCONF)  # type: ignore[no-untyped-call]
    made: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return made


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """POSTPROCESSING_HOOKS: the addresses of OAuth, which are no DRF views, and headers of every answer."""
    components = result["components"]
    components["schemas"].update(OAUTH_SHAPES)
    components["headers"] = {
        name: {"description": text, "schema": {"type": "integer"}} for name, text in LIMIT_HEADERS.items()
    } | {"X-Request-ID": {"description": "Tell it when you ask for help.", "schema": {"type": "string"}}}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in components["headers"]}
    result["paths"] = dict(sorted({**result["paths"], **OAUTH_PATHS}.items()))
    for path in result["paths"].values():
        for operation in path.values():
            for answer in operation.get("responses", {}).values():
                answer["headers"] = {**headers, **answer.get("headers", {})}
    result["servers"] = [{"url": settings.API_URL}]
    result["components"]["securitySchemes"] = security_schemes()
    return result


def security_schemes() -> dict[str, Any]:
    """How a call may be authenticated."""
    return {
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer craft_key_…`, from Account Settings → API Keys.",
        },
        "oauth2": {
            "type": "oauth2",
            "description": "`Authorization: Bearer craft_oat_…`, for apps that act for users.",
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
