"""The public page "Authentication", word for word: each example on it is a test here."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from api.projects.models import Project
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key
from tests.api.answers import check_success
from tests.cases import cases
from tests.fixtures import API, PASSWORD, sign_in

pytestmark = pytest.mark.usefixtures("three_hosts")
Key = tuple[APIKey, str]
API_HOST: dict[str, Any] = {"HTTP_HOST": "api.craft.fast", "HTTP_X_FORWARDED_PROTO": "https"}
WEB_HOST: dict[str, Any] = {"HTTP_HOST": "craft.fast", "HTTP_X_FORWARDED_PROTO": "https"}
UNAUTHORIZED = (
    b'{"success":false,"error":{"code":"UNAUTHORIZED","message":"Invalid or missing authentication"}}'
)
FORBIDDEN = b'{"success":false,"error":{"code":"FORBIDDEN","message":"Insufficient permissions"}}'


@pytest.fixture
def project(alice: User) -> Project:
    return Project.objects.create(owner=alice, name="Harbour")


def test_the_curl_example_lists_the_projects(api: API, read_only: Key, project: Project) -> None:
    # curl -X GET "https://api.craft.fast/v1/projects"
    #   -H "Authorization: Bearer YOUR_API_KEY" -H "Content-Type: application/json"
    headers = {"Authorization": f"Bearer {read_only[1]}", "Content-Type": "application/json"}
    response = api("GET", "/v1/projects", headers=headers, **API_HOST)
    assert [row["id"] for row in check_success(response)] == [project.uid]


def test_the_javascript_example_works_from_any_page_with_a_key(api: API, read_only: Key) -> None:
    origin = {"Origin": "https://yourapp.com"}
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = api("OPTIONS", "/v1/projects", headers=origin | asked, **API_HOST)
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert {"Authorization", "Content-Type"} <= set(preflight["Access-Control-Allow-Headers"].split(", "))
    headers = origin | {"Authorization": f"Bearer {read_only[1]}", "Content-Type": "application/json"}
    response = api("GET", "/v1/projects", headers=headers, **API_HOST)
    assert check_success(response) == []
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_session_example_works_with_the_cookie_that_sign_in_set(alice: User) -> None:
    # fetch("https://api.craft.fast/v1/me", {credentials: "include"}) on a page of https://craft.fast
    browser = sign_in(alice, **WEB_HOST)
    cookie = browser.cookies["sessionid"]
    assert cookie["domain"] == "craft.fast"  # so that the browser sends it to api.craft.fast too
    response = browser.get("/v1/me", **API_HOST, headers={"Origin": "https://craft.fast"})
    assert check_success(response)["email"] == "alice@example.com"
    assert response["Access-Control-Allow-Origin"] == "https://craft.fast"
    assert response["Access-Control-Allow-Credentials"] == "true"


def test_verify_your_key_answers_exactly_as_the_page_expects(api: API, db: None) -> None:
    user = create_user(email="user@example.com", name="John Doe", password=PASSWORD)
    key = create_key(user, name="My laptop", permission="read-only")[1]
    response = api("GET", "/v1/me", key, **API_HOST)
    assert response.content == (
        b'{"success":true,"data":{"id":"%s","email":"user@example.com","name":"John Doe"}}'
        % user.uid.encode()
    )
    assert user.uid.startswith("user_")


VIEW = [("GET", "/v1/projects"), ("GET", "/v1/projects/{id}")]
CHANGE = [
    ("POST", "/v1/projects", 201),
    ("PATCH", "/v1/projects/{id}", 200),
    ("DELETE", "/v1/projects/{id}", 200),
]


@cases(("method", "path"), VIEW)
@cases("permission", ["read-only", "read-write"])
def test_a_key_of_either_permission_views_projects(
    api: API, alice: User, project: Project, permission: str, method: str, path: str
) -> None:
    key = create_key(alice, name="Viewer", permission=permission)[1]
    check_success(api(method, path.format(id=project.uid), key, **API_HOST))


@pytest.mark.parametrize(("method", "path", "status"), CHANGE)
def test_a_read_write_key_creates_updates_and_deletes(
    api: API, read_write: Key, project: Project, method: str, path: str, status: int
) -> None:
    body = None if method == "DELETE" else {"name": "Lumen"}
    response = api(method, path.format(id=project.uid), read_write[1], json=body, **API_HOST)
    check_success(response, status)


@pytest.mark.parametrize(("method", "path", "_status"), CHANGE)
def test_403_cause_1_the_key_lacks_the_permission(
    api: API, read_only: Key, project: Project, method: str, path: str, _status: int
) -> None:
    response = api(method, path.format(id=project.uid), read_only[1], json={"name": "Lumen"}, **API_HOST)
    assert (response.status_code, response.content) == (403, FORBIDDEN)
    assert Project.objects.get().name == "Harbour"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_403_cause_2_the_resource_belongs_to_another_user(
    api: API, bob: User, project: Project, method: str
) -> None:
    key = create_key(bob, name="Bob's", permission="read-write")[1]
    body = {"name": "Mine"} if method == "PATCH" else None
    response = api(method, f"/v1/projects/{project.uid}", key, json=body, **API_HOST)
    assert (response.status_code, response.content) == (403, FORBIDDEN)
    assert Project.objects.get().name == "Harbour"


def test_401_cause_1_the_authorization_header_is_missing(api: API) -> None:
    response = api("GET", "/v1/projects", **API_HOST)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


@cases("key", ["YOUR_API_KEY", "your_api_key_here", "undefined", "craft_key_abc"])
def test_401_cause_2_the_api_key_is_invalid(api: API, key: str) -> None:
    response = api("GET", "/v1/projects", key, **API_HOST)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


def test_401_cause_3_the_token_is_expired(api: API, read_only: Key) -> None:
    key, raw_key = read_only
    check_success(api("GET", "/v1/projects", raw_key, **API_HOST))
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    response = api("GET", "/v1/projects", raw_key, **API_HOST)
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)


def test_the_challenge_names_the_document_on_the_api_host(api: API) -> None:
    response = api("GET", "/v1/me", **API_HOST)
    document = "https://api.craft.fast/.well-known/oauth-protected-resource/v1"
    assert response["WWW-Authenticate"] == f'Bearer realm="craft", resource_metadata="{document}"'
    metadata = api("GET", "/.well-known/oauth-protected-resource/v1", **API_HOST)
    assert metadata.json()["resource"] == "https://api.craft.fast/v1"


def test_rotation_by_a_new_key_works_as_the_page_says(api: API, alice: User, read_only: Key) -> None:
    old, raw_old = read_only
    raw_new = create_key(alice, name="Reports bot 2", permission="read-only")[1]
    check_success(api("GET", "/v1/me", raw_new, **API_HOST))
    check_success(api("GET", "/v1/me", raw_old, **API_HOST))
    delete_key(old)
    check_success(api("GET", "/v1/me", raw_new, **API_HOST))
    assert api("GET", "/v1/me", raw_old, **API_HOST).content == UNAUTHORIZED


@pytest.mark.parametrize("permission", ["read-only", "read-write"])
def test_there_are_no_admin_keys(api: API, alice: User, permission: str) -> None:
    key = create_key(alice, name="Scoped", permission=permission)[1]
    scopes: Any = check_success(api("GET", "/v1/auth", key, **API_HOST))["scopes"]
    assert scopes == (["read"] if permission == "read-only" else ["read", "write", "delete"])


def test_a_stranger_without_a_cookie_is_not_signed_in_by_the_page_of_somebody_else(alice: User) -> None:
    sign_in(alice, **WEB_HOST)
    response = Client().get("/v1/me", **API_HOST, headers={"Origin": "https://craft.fast"})
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
