"""The document that WWW-Authenticate names (RFC 9728): how this API wants to be authenticated."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from api.envelope import failure, json_response
from apikeys.scopes import Scope


def protected_resource(request: HttpRequest) -> HttpResponse:
    """Metadata of the protected resource `API_URL/v1`; advertises only what any app may ask for."""
    if request.method not in ("GET", "HEAD"):
        return failure(405, "METHOD_NOT_ALLOWED", "This can only be read", headers={"Allow": "GET, HEAD"})
    return json_response(
        {
            "resource": f"{settings.API_URL}/v1",
            "resource_name": "Craft API",
            "authorization_servers": [settings.WEB_URL],
            "bearer_methods_supported": ["header"],
            "scopes_supported": [Scope.READ, Scope.WRITE],
        },
        headers={"Cache-Control": "public, max-age=3600"},
    )
