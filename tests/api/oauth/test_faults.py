"""What the token endpoints answer for a fault of ours: in RFC 6749's shape, and nothing of the inside."""

import logging

import pytest
from django.db import connection
from django.test import Client

from api.oauth.models import RefreshToken
from tests.api.oauth.flow import App, assert_refused, connect, post, refresh

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="a server that can be broken")
ENDPOINTS = ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"]
CRASHED = "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays."
AWAY = "Craft cannot answer right now. Try again."


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
