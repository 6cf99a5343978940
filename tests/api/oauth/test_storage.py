"""Nothing that opens a door is stored or logged in clear: a dump of the database is worth nothing."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from api.oauth.services.client_secrets import add_secret
from apikeys.tokens import PATTERN
from tests.api.oauth.flow import VERIFIER, App, call, exchange, get_code, post, refresh
from tests.mailbox import mailbox

pytestmark = pytest.mark.database


def database_dump() -> str:
    """Every value of every table, bytes also as hex."""
    lines = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  a name from the database itself
            for row in cursor.fetchall():
                lines += [_text(value) for value in row]
    sessions = apps.get_model("sessions", "Session").objects.all()
    lines += [json.dumps(session.get_decoded()) for session in sessions]
    return "\n".join(lines)


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return raw.hex() + " " + raw.decode("latin-1")
    return str(value)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What reaches the root logger at INFO, as in production, formatted with everything a record carries."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(
                self.format(record) + repr({k: v for k, v in vars(record).items() if k != "request"})
            )

    handler, root = Keep(), logging.getLogger()
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


def whole_flow(browser: Client, app: App, public_app: App) -> set[str]:
    """Everything that is ever handed out; all of it is used, refused, replayed, revoked."""
    second = add_secret(app.row)
    assert app.secret is not None
    secrets = {app.secret, second, VERIFIER}
    pending, code = get_code(browser, app), get_code(browser, app)
    tokens = exchange(app, code).json()
    secrets |= {pending, code, tokens["access_token"], tokens["refresh_token"]}
    new = refresh(app, tokens["refresh_token"]).json()
    public_code = get_code(browser, public_app)
    secrets.add(public_code)
    public = exchange(public_app, public_code).json()
    for each in (new, public):
        secrets |= {each["access_token"], each["refresh_token"]}
    call(new["access_token"], "POST", "/v1/projects", name="x")
    call(tokens["access_token"])
    call(code)
    post("/v1/oauth/introspect", {"token": new["access_token"], **app.credentials})
    exchange(app, code[:-1])
    exchange(public_app, pending)
    exchange(app, pending, client_secret=tokens["refresh_token"])
    exchange(app, tokens["refresh_token"])
    refresh(app, code)
    refresh(app, new["refresh_token"], scope="admin")
    post(f"/v1/oauth/token?client_secret={second}", app.credentials)
    Client().get(f"/oauth/authorize?client_id={second}")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        refresh(app, tokens["refresh_token"])
    post("/v1/oauth/revoke", {"token": public["refresh_token"], "client_id": public_app.id})
    return secrets


def found(secrets: set[str], text: str) -> set[str]:
    """Those of the secrets whose own part (not the public id) stands in the text."""
    return {secret for secret in secrets if secret.rpartition("_")[2] in text}


def test_no_code_token_or_secret_is_stored_mailed_or_logged(
    alice: User,
    alice_browser: Client,
    app: App,
    public_app: App,
    logged: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secrets = whole_flow(alice_browser, app, public_app)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):  # when the last one was queued
        mails = "\n".join(f"{message.subject} {message.body}" for message in mailbox())
    assert "was disconnected" in mails
    assert any("/v1/oauth/token" in line for line in logged)
    assert len(secrets) == 12
    places = {"database": database_dump(), "mails": mails, "log": "\n".join(logged)}
    for place, text in places.items():
        assert not found(secrets, text), place
        assert not PATTERN.search(text), place
    public_ids = {secret.split("_")[2] for secret in secrets if secret.startswith("craft_ocs_")}
    assert all(public_id in places["database"] for public_id in public_ids)


def test_one_that_is_planted_is_found(alice: User, app: App, logged: list[str]) -> None:
    assert app.secret is not None
    assert not found({app.secret}, database_dump())
    security_log.record(alice, Event.LOGIN, note={"deep": [f"x{app.secret}x"]})
    logging.getLogger("craft.api").warning("oops", extra={"secret": app.secret})
    for text in (database_dump(), "\n".join(logged)):
        assert found({app.secret}, text) == {app.secret}
        assert PATTERN.search(text)


@pytest.mark.parametrize("level", [logging.DEBUG])
def test_the_protocol_engine_is_never_as_talkative_as_to_log_tokens(level: int) -> None:
    for name in ("oauthlib", "oauth2_provider"):
        assert not logging.getLogger(name).isEnabledFor(level)
