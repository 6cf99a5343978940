"""SENTRY_DSN: an error is reported with where it is, and nothing of who asked what."""

import gzip
import http.server
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.db import connection
from django.test import Client

from apikeys.models import APIKey
from craft import error_reports
from tests.fixtures import API

REPORTED: list[str] = []


class _Sentry(http.server.BaseHTTPRequestHandler):
    """Takes envelopes, as Sentry does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        REPORTED.append(
            gzip.decompress(body).decode() if self.headers["Content-Encoding"] == "gzip" else body.decode()
        )
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def sentry() -> Iterator[None]:
    """Errors are reported, to a server of this test."""
    REPORTED.clear()
    server = http.server.HTTPServer(("127.0.0.1", 0), _Sentry)
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    error_reports.start(f"http://key@127.0.0.1:{server.server_address[1]}/1", "craft.example")
    yield
    sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)  # reports nothing
    server.shutdown()
    server.server_close()
    thread.join()


def reported() -> dict[str, Any]:
    """The one event that was sent."""
    sentry_sdk.flush(30)
    (envelope,) = REPORTED
    _, head, event = envelope.strip().split("\n")
    assert json.loads(head)["type"] == "event"
    found: dict[str, Any] = json.loads(event)
    return found


def break_table(name: str) -> None:
    """What looks into it really crashes from now on, until the test's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO gone_away")


def test_a_crash_is_reported_with_its_place_and_the_request_and_nothing_that_was_sent(
    sentry: None, api: API, read_write: tuple[APIKey, str]
) -> None:
    raw_key = read_write[1]
    break_table("projects_project")
    response = api(
        "POST",
        "/v1/projects",
        raw_key,
        json={"name": "hunter2-body"},
        headers={"X-Hunter": "hunter2-header", "Cookie": "sessionid=hunter2-cookie"},
        REMOTE_ADDR="203.0.113.77",
    )
    assert response.status_code == 500
    event = reported()
    thrown = event["exception"]["values"][-1]
    assert thrown["type"] in ("ProgrammingError", "OperationalError")
    assert "create_project" in [frame["function"] for frame in thrown["stacktrace"]["frames"]]
    assert event["tags"] == {"request_id": response["X-Request-ID"]}
    assert (event["logger"], event["logentry"]["message"]) == ("craft.api", "%s %r failed")
    for secret in (
        "hunter2",
        raw_key[-20:],
        "203.0.113.77",
        "/v1/projects",
        "Authorization",
        "projects_project",
    ):
        assert secret not in REPORTED[0]


def test_a_crash_of_a_page_is_reported_without_its_form(sentry: None, db: None) -> None:
    break_table("accounts_trycount")
    browser = Client(raise_request_exception=False)
    form = {"login": "hunter2-login@example.com", "password": "hunter2-password"}
    assert browser.post("/login/?next=hunter2-next", form).status_code == 500
    event = reported()
    assert event["exception"]["values"][-1]["type"] in ("ProgrammingError", "OperationalError")
    assert "hunter2" not in REPORTED[0]
    assert event["logentry"] == {"message": "%s %r failed"}


def test_a_line_of_the_log_is_reported_as_it_stands_in_the_code_and_a_warning_is_not(sentry: None) -> None:
    log = logging.getLogger("craft.test")
    log.warning("nobody is told of %s", "hunter2")
    log.error("nothing comes of %s", "hunter2")
    event = reported()
    assert event["logentry"] == {"message": "nothing comes of %s"}
    assert "hunter2" not in REPORTED[0]


def test_the_words_of_a_library_are_not_reported(sentry: None) -> None:
    logging.getLogger("a.library").error("hunter2 is in the line itself")
    assert "logentry" not in reported()
    assert "hunter2" not in REPORTED[0]
