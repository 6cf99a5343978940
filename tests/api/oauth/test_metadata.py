"""RFC 8414 and RFC 9728: where everything is, said the same whatever the Host header claims."""

from typing import Any

import pytest
from django.test import Client

from tests.cases import cases

SERVER = "/.well-known/oauth-authorization-server"
RESOURCE = "/.well-known/oauth-protected-resource/v1"
HOSTS = {
    "WEB_URL": "https://craft.example",
    "API_URL": "https://api.craft.example",
    "WEB_HOST": "craft.example",
    "API_HOST": "api.craft.example",
    "ALLOWED_HOSTS": ["craft.example", "api.craft.example"],
}


def test_the_authorization_server_describes_itself(db: None) -> None:
    response = Client().get(SERVER)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in response["Cache-Control"]
    assert response.json() == {
        "issuer": "http://localhost:8000",
        "authorization_endpoint": "http://localhost:8000/oauth/authorize",
        "token_endpoint": "http://localhost:8000/v1/oauth/token",
        "revocation_endpoint": "http://localhost:8000/v1/oauth/revoke",
        "introspection_endpoint": "http://localhost:8000/v1/oauth/introspect",
        "scopes_supported": ["read", "write", "delete", "admin"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def test_the_protected_resource_names_its_server_and_the_scopes_that_any_app_may_ask_for(db: None) -> None:
    response = Client().get(RESOURCE)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == {
        "resource": "http://localhost:8000/v1",
        "resource_name": "Craft API",
        "authorization_servers": ["http://localhost:8000"],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["read", "write"],
    }
    challenge = Client().get("/v1/me")["WWW-Authenticate"]
    assert f'resource_metadata="http://localhost:8000{RESOURCE}"' in challenge


def test_the_host_header_changes_nothing(settings: Any, db: None) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    usual = Client().get(SERVER).json(), Client().get(RESOURCE).json()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answers = [Client().get(path, headers=headers) for path in (SERVER, RESOURCE)]
    assert [answer.json() for answer in answers] == list(usual)
    assert b"evil" not in b"".join(answer.content for answer in answers)


@pytest.mark.matrix  # each path
@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("craft.example", SERVER, 200),
        ("craft.example", "/oauth/authorize", 400),
        ("craft.example", RESOURCE, 404),
        ("craft.example", "/v1/oauth/token", 404),
        ("craft.example", "/v1/oauth/revoke", 404),
        ("api.craft.example", RESOURCE, 200),
        ("api.craft.example", "/v1/oauth/token", 405),
        ("api.craft.example", "/v1/oauth/introspect", 405),
        ("api.craft.example", SERVER, 404),
        ("api.craft.example", "/oauth/authorize", 404),
        ("api.craft.example", "/login/", 404),
    ],
)
def test_on_two_hosts_each_serves_its_own(settings: Any, db: None, host: str, path: str, status: int) -> None:
    for name, value in HOSTS.items():
        setattr(settings, name, value)
    assert Client().get(path, headers={"Host": host}).status_code == status


def test_on_two_hosts_the_documents_name_both(settings: Any, db: None) -> None:
    for name, value in HOSTS.items():
        setattr(settings, name, value)
    server = Client().get(SERVER, headers={"Host": "craft.example"}).json()
    assert server["issuer"] == "https://craft.example"
    assert server["authorization_endpoint"] == "https://craft.example/oauth/authorize"
    assert server["token_endpoint"] == "https://api.craft.example/v1/oauth/token"
    resource = Client().get(RESOURCE, headers={"Host": "api.craft.example"}).json()
    assert resource["resource"] == "https://api.craft.example/v1"
    assert resource["authorization_servers"] == ["https://craft.example"]


@pytest.mark.parametrize("path", [SERVER, RESOURCE])
def test_the_documents_are_read_only(db: None, path: str) -> None:
    assert Client().head(path).status_code == 200
    for method in ("POST", "PUT", "DELETE"):
        response = Client().generic(method, path)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"


@cases(
    "path",
    [
        "/.well-known/openid-configuration",
        "/oauth/token",
        "/o/token/",
        "/oauth/applications/register/",
        "/oauth/applications/",
        "/v1/oauth/register",
        "/v1/oauth/userinfo",
        "/v1/oauth/device-authorization",
    ],
)
def test_nothing_of_the_library_is_served_beside(alice_browser: Client, path: str) -> None:
    assert alice_browser.get(path).status_code == 404
    assert alice_browser.post(path).status_code == 404
