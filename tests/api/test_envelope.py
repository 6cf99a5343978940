"""Every answer under /v1 is JSON of one shape, whatever was asked and whatever went wrong."""

import logging

import pytest
from django.db import connection
from django.test import Client

from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import check_error, check_success, details_of
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]
NOWHERE = [
    *("/v1", "/v1/", "/v1/me/", "/v1/auth/", "/v1/projects/", "/v1//me", "/v1/nothing", "/v1/me/x"),
    *("/v1/%00", "/v1/%zz", "/v1/me%00", "/v1/me%20", "/v1/me%0a", "/v1/me;x", "/v1/ME", "/v1/.", "/v1/.."),
    *("/v1/../v1/me", "/v1/%2e%2e/me", "/v1/%ff", "/v1/\u00e9", "/v1/\u202e", "/v1/projects/a/b"),
    *("/v1/projects/a%2fb", "/v1/index.html", "/v1/admin/", "/v1/" + "x" * 8000, "/v1/oauth", "/v1/openapi"),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"]


@pytest.mark.matrix
@cases("path", NOWHERE)
def test_an_unknown_path_is_404_with_or_without_a_key(api: API, read_only: Key, path: str) -> None:
    for key in (None, "wrong", read_only[1]):
        check_error(api("GET", path, key), 404, "There is nothing at this address")


@pytest.mark.parametrize("path", ["//v1/me", "///v1", "//v1//me"])
def test_slashes_in_front_of_v1_do_not_lead_to_a_page(api: API, read_only: Key, path: str) -> None:
    check_error(api("GET", "/", read_only[1], PATH_INFO=path), 404)


@cases("method", METHODS)
def test_an_unknown_path_is_404_by_every_method(api: API, read_only: Key, method: str) -> None:
    response = api(method, "/v1/nothing", read_only[1])
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"


ALLOWED = [
    ("/v1/me", "GET, HEAD, PATCH"),
    ("/v1/auth", "GET, HEAD, DELETE"),
    ("/v1/projects", "GET, HEAD, POST"),
    ("/v1/projects/{id}", "GET, HEAD, PATCH, DELETE"),
]


@cases(("path", "allowed"), ALLOWED)
def test_a_wrong_method_is_405_and_says_which_are_allowed(
    api: API, read_write: Key, path: str, allowed: str
) -> None:
    project = Project.objects.create(owner=read_write[0].user, name="Harbour")
    for method in set(METHODS) - set(allowed.split(", ")):
        response = api(method, path.format(id=project.uid), read_write[1])
        check_error(response, 405)
        assert response["Allow"] == allowed


@cases("method", ["INITIAL", "GET_PERMISSIONS", "READ_BODY"])
def test_what_else_a_view_can_do_is_no_method(api: API, read_only: Key, method: str) -> None:
    check_error(api(method, "/v1/me", read_only[1]), 405)


@cases("host", ["evil.example", "a b", "localhost.evil.example", "é.example", "", "[::1"])
def test_an_unknown_host_is_400(api: API, read_only: Key, host: str) -> None:
    response = api("GET", "/v1/me", read_only[1], HTTP_HOST=host, SERVER_NAME="evil.example")
    assert check_error(response, 400, "Unknown host")["details"] == {
        "Host": ["This host is not served here."]
    }


@pytest.mark.parametrize("path", ["/v1/me", "/v1/auth", "/v1/projects"])
def test_too_many_parameters_are_400(api: API, read_only: Key, path: str) -> None:
    details = details_of(api("GET", f"{path}?{'a=1&' * 1001}", read_only[1]))
    assert details == {"query": ["There are too many parameters."]}


@cases("query", ["x=1", "x", "%00=%00", "%zz=%zz", "%ff", "name=a&name=b", "\u00e9=1"])
@cases("path", ["/v1/me", "/v1/auth", "/v1/projects"])
def test_an_unknown_parameter_is_400_and_named(api: API, read_only: Key, path: str, query: str) -> None:
    details = details_of(api("GET", f"{path}?{query}", read_only[1]))
    assert list(details.values()) == [["Unknown parameter."]]


@pytest.fixture
def broken_projects(read_only: Key, api: API, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """A database that lacks a table: the view really crashes."""
    check_success(api("GET", "/v1/me", read_only[1]))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_project RENAME TO gone_away")
    return caplog


def test_a_crash_is_500_in_json_without_details_and_the_log_has_its_id(
    api: API, read_only: Key, broken_projects: pytest.LogCaptureFixture
) -> None:
    with broken_projects.at_level(logging.ERROR):
        response = api("GET", "/v1/projects", read_only[1], headers={"Origin": "https://yourapp.com"})
    error = check_error(response, 500)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Access-Control-Allow-Origin"] == "*"
    said = response.content.decode() + str(response.headers)
    assert not [word for word in ("project", "SELECT", "Traceback", "gone") if word in said]
    assert "X-Request-ID" in error["message"]
    (record,) = [record for record in broken_projects.records if record.name == "craft.api"]
    assert record.exc_info
    assert read_only[1] not in broken_projects.text


def test_every_answer_has_an_id_of_its_own_which_the_client_cannot_choose(api: API, read_only: Key) -> None:
    ids = {
        api("GET", path, read_only[1], headers={"X-Request-ID": "mine"})["X-Request-ID"]
        for path in ("/v1/me", "/v1/me", "/v1/nothing", "/v1/me?x=1", "/login/", "/nothing/")
    }
    assert len(ids) == 6
    assert "mine" not in ids


@cases("path", ["/v1/me", "/v1/auth", "/v1/projects", "/v1/nothing", "/v1/me?x=1"])
def test_an_answer_to_a_credential_is_kept_by_no_cache(api: API, read_only: Key, path: str) -> None:
    assert api("GET", path, read_only[1])["Cache-Control"] == "private, no-store"


def test_head_is_get_without_a_body(api: API, read_only: Key) -> None:
    head, get = (api(method, "/v1/me", read_only[1]) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(get.content))


@cases("accept", ["text/html", "application/xml", "*/*;q=0", "", "garbage", "text/html;q=1"])
def test_the_answer_is_json_whatever_the_client_would_rather_have(
    api: API, read_only: Key, accept: str
) -> None:
    headers = {"Accept": accept}
    check_success(api("GET", "/v1/me", read_only[1], headers=headers))
    check_error(api("GET", "/v1/me?format=html", read_only[1], headers=headers), 400)
    check_error(api("GET", "/v1/me", headers=headers), 401)
    check_error(api("GET", "/v1/nothing", headers=headers), 404)


def test_the_metadata_document_is_public_and_can_only_be_read() -> None:
    path = "/.well-known/oauth-protected-resource/v1"
    response = Client().get(path)
    assert response.json() == {
        "resource": "http://localhost:8000/v1",
        "resource_name": "Craft API",
        "authorization_servers": ["http://localhost:8000"],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["read", "write"],
    }
    assert response["Cache-Control"] == "public, max-age=3600"
    response = Client().post(path)
    check_error(response, 405)
    assert response["Allow"] == "GET, HEAD"
