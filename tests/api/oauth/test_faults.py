"""What the token endpoints answer for a fault of ours: in RFC 6749's shape, and nothing of the inside."""

import json
import logging

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from api.oauth.models import RefreshToken
from api.oauth.protocol.faults import fault_response
from tests.api.oauth.flow import App, assert_refused, connect, post, refresh

# What breaks is PostgreSQL: a table that it has lost, a connection that is cut.
needs_a_server = pytest.mark.skipif(connection.vendor != "postgresql", reason="a server that can be broken")
ENDPOINTS = ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"]
CRASHED = "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays."
AWAY = "Craft cannot answer right now. Try again."


def request() -> HttpRequest:
    return RequestFactory().post("/v1/oauth/token")


def assert_says(response: HttpResponse, error: str, description: str, status: int) -> None:
    assert response.status_code == status
    assert json.loads(response.content) == {"error": error, "error_description": description}


def test_a_crash_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    crash = ValueError("secret")
    response = fault_response(crash, request())
    assert_says(response, "server_error", CRASHED, 500)
    assert not response.has_header("Retry-After")
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("craft.api", "ERROR")
    assert record.getMessage() == "POST '/v1/oauth/token' failed"
    assert record.exc_info is not None
    assert record.exc_info[1] is crash


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_is_a_line_of_the_log(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    response = fault_response(kind("gone"), request())
    assert_says(response, "temporarily_unavailable", AWAY, 503)
    assert response["Retry-After"] == "5"
    (record,) = caplog.records
    assert (record.name, record.levelname, record.exc_info) == ("craft.api", "WARNING", None)
    assert record.getMessage() == "POST '/v1/oauth/token': the database does not answer: gone"


@needs_a_server
@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_crash_is_a_server_error(
    alice_browser: Client, app: App, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = connect(alice_browser, app)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE oauth_clientsecret RENAME TO gone")
    asked = {"grant_type": "refresh_token", "token": tokens["access_token"], **tokens, **app.credentials}
    with caplog.at_level(logging.ERROR):
        assert_refused(post(path, asked), "server_error", CRASHED, 500)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [f"POST {path!r} failed"]


@needs_a_server
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_database_that_is_away_is_said(
    alice_browser: Client,
    app: App,
    path: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = connect(alice_browser, app)
    asked = {"grant_type": "refresh_token", "token": tokens["access_token"], **tokens, **app.credentials}
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "/nowhere")
        response = post(path, asked)
    assert_refused(response, "temporarily_unavailable", AWAY, 503)
    assert response["Retry-After"] == "5"
    assert not [record for record in caplog.records if record.exc_info]
    assert RefreshToken.objects.get().revoked is None
    assert refresh(app, tokens["refresh_token"]).status_code == 200


def test_an_answer_leads_to_what_the_errors_mean() -> None:
    response = fault_response(ValueError(), request())
    assert response["Link"].startswith('<http://localhost:8000/docs/oauth/#errors>; rel="help", ')
