"""Where and how (RFC 8414): the issuer is WEB_URL whatever the Host header says; tokens are on API_URL."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from api.envelope import json_response
from apikeys.scopes import Scope


@require_safe
def authorization_server(request: HttpRequest) -> HttpResponse:
    """Metadata of the authorization server."""
    web, api = settings.WEB_URL, settings.API_URL
    client_authentication = ["client_secret_basic", "client_secret_post"]
    return json_response(
        {
            "issuer": web,
            "authorization_endpoint": f"{web}/oauth/authorize",
            "token_endpoint": f"{api}/v1/oauth/token",
            "revocation_endpoint": f"{api}/v1/oauth/revoke",
            "introspection_endpoint": f"{api}/v1/oauth/introspect",
            "scopes_supported": list(Scope),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": [*client_authentication, "none"],
            "revocation_endpoint_auth_methods_supported": [*client_authentication, "none"],
            "introspection_endpoint_auth_methods_supported": client_authentication,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        },
        headers={"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"},
    )
