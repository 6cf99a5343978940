"""No line of the log holds a whole token, a refusal is one line, and LOG_FORMAT=json makes objects."""

import json
import logging
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apikeys.models import APIKey
from apikeys.tokens import Kind, generate
from craft.logs import JSONFormatter, LineFormatter, configuration
from tests.fixtures import API

FORMATTERS = {"text": LineFormatter, "json": JSONFormatter}
both = pytest.mark.parametrize("formatter", FORMATTERS.values(), ids=FORMATTERS)


def a_record(message: object, *args: object, error: Exception | None = None, **extra: object) -> Any:
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("a.logger", logging.ERROR, "path", 1, str(message), args, exc_info)
    made.__dict__.update(extra)
    return made


def all_encoded(token: str) -> str:
    return "".join(f"%{ord(char):02X}" for char in token)


@pytest.mark.matrix
@both
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "write",
    [
        str,
        repr,
        lambda token: f"/v1/{token}/x",
        lambda token: f"x={token}&y={token}",
        lambda token: token[:-10],
        lambda token: token.upper(),
        lambda token: token.replace("_", "%5F"),
        lambda token: token.replace("_", "%255f"),
        lambda token: token.replace("_", r"\x5f"),
        lambda token: token.replace("_", r"\u005f"),
        all_encoded,
        lambda token: urllib.parse.quote(all_encoded(token)),
    ],
)
def test_a_token_is_masked_however_it_is_written(
    formatter: type[logging.Formatter], kind: Kind, write: Callable[[str], str]
) -> None:
    token = generate(kind).raw
    secret = token[-30:]
    written = write(token)
    found = formatter().format(a_record("%s", written))
    for _ in range(3):
        assert secret[:8].lower() not in found.lower()
        found = urllib.parse.unquote(found)


@both
def test_the_public_id_stays(formatter: type[logging.Formatter]) -> None:
    token = generate(Kind.API_KEY)
    assert f"at craft_key_{token.public_id}_*** now" in formatter().format(a_record("at %s now", token.raw))
    shown = f"with craft_key_{token.public_id}"
    assert shown in formatter().format(a_record(shown))
    assert "***" not in formatter().format(a_record(shown))


@both
def test_a_traceback_and_what_comes_with_the_event_are_masked_too(formatter: type[logging.Formatter]) -> None:
    token = generate(Kind.ACCESS_TOKEN).raw
    try:
        int(token)
    except ValueError as error:
        line = formatter().format(a_record("it failed", error=error, header={"deep": [token]}))
    assert "Traceback" in line
    assert token not in line
    assert token[:22] in line


@pytest.mark.matrix  # each logger
@pytest.mark.parametrize("log_format", FORMATTERS)
@pytest.mark.parametrize("name", ["_granian", "granian.access", "django.server", "any.other"])
def test_every_logger_of_the_server_masks(log_format: str, name: str) -> None:
    token = generate(Kind.API_KEY).raw
    code = f"""
import logging
from granian.log import LogLevels, configure_logging
from craft.logs import configuration
configure_logging(LogLevels.error, configuration({log_format!r}))
logging.getLogger({name!r}).error("at %s", {token!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = (done.stdout + done.stderr).splitlines()
    assert len(lines) == 1
    assert f"at {token[:22]}_***" in lines[0]


def test_every_handler_has_a_formatter_that_masks() -> None:
    for log_format in FORMATTERS:
        made = configuration(log_format)
        assert {handler["formatter"] for handler in made["handlers"].values()} == {"line"}
        assert not any(logger.get("handlers") for logger in made["loggers"].values())


class Lines(logging.Handler):
    """What is written to the log, as text and as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.objects: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(LineFormatter().format(record))
        self.objects.append(json.loads(JSONFormatter().format(record)))


@pytest.fixture
def lines() -> Any:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_a_refused_call_is_one_line_with_who_what_and_how(
    api: API, read_only: tuple[APIKey, str], lines: Lines
) -> None:
    response = api("POST", "/v1/projects?name=secret", read_only[1], json={"name": "secret"})
    assert response.status_code == 403
    (found,) = lines.objects
    assert isinstance(found.pop("ms"), int)
    assert found.pop("message").startswith("POST /v1/projects 403 in ")
    assert found.pop("at").endswith("+00:00")
    assert found == {
        "level": "WARNING",
        "logger": "craft.refused",
        "request_id": response["X-Request-ID"],
        "method": "POST",
        "path": "/v1/projects",
        "status": 403,
        "address": "127.0.0.1",
        "credential": read_only[1][:22],
        "reason": "",
    }
    assert "secret" not in lines.texts[0]


def test_an_answered_call_writes_nothing(api: API, read_only: tuple[APIKey, str], lines: Lines) -> None:
    assert api("GET", "/v1/me", read_only[1]).status_code == 200
    assert lines.texts == []


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/nowhere/\n2026 forged", {}, 404),
        ("/v1/nowhere", {}, 404),
        ("/v1/me", {}, 401),
        ("/login/", {"Host": "other.example"}, 400),
        ("/v1/me", {"Host": "other.example"}, 400),
    ],
)
def test_what_a_client_did_wrong_is_one_line_without_a_traceback(
    client: Client, db: None, lines: Lines, path: str, headers: dict[str, str], status: int
) -> None:
    assert client.get(path.replace("\n", "%0A"), headers=headers).status_code == status
    (text,) = lines.texts
    assert "Traceback" not in text
    assert "\n" not in text


def test_a_form_without_its_token_is_one_line_with_the_reason(db: None, lines: Lines) -> None:
    assert Client(enforce_csrf_checks=True).post("/login/", {}).status_code == 403
    (text,) = lines.texts
    assert text.endswith("with -: CSRF cookie not set.")


def test_a_key_pasted_into_a_path_and_a_link_to_reset_a_password_are_masked(
    client: Client, db: None, lines: Lines
) -> None:
    token = generate(Kind.API_KEY).raw
    client.get(f"/v1/{token}")
    client.get("/nowhere/password/reset/key/1x-secret-link/")
    first, second = lines.texts
    assert f"GET /v1/{token[:22]}_*** 404" in first
    assert "GET /nowhere/password/reset/key/1x-***/ 404" in second


@pytest.mark.parametrize("begins", ["/login/link/", "/password/reset/key/1x-"])
def test_a_link_of_a_mail_is_masked_where_it_is_refused_and_where_it_crashes(
    db: None, lines: Lines, monkeypatch: pytest.MonkeyPatch, begins: str
) -> None:
    def crash(*args: object) -> None:
        raise ZeroDivisionError

    link = f"{begins}a-secret.link:1w_X/"
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    monkeypatch.setattr("django.template.backends.django.Template.render", crash)
    assert Client(raise_request_exception=False).get(link).status_code == 500
    written = [*lines.texts, *map(str, lines.objects)]
    assert [f"{begins}***" in line for line in written].count(True) == 2 * 3  # refused, crashed, answered
    assert not any("secret" in line for line in written)


def test_a_crash_has_one_traceback(db: None, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("django.template.backends.django.Template.render", crash)
    response = Client(raise_request_exception=False).get("/login/")
    assert response.status_code == 500
    assert b"<h1>Internal Server Error</h1>" in response.content  # the page could not be rendered either
    crashes = [text for text in lines.texts if "GET '/login/' failed" in text]
    assert len(crashes) == 1
    assert "ZeroDivisionError" in crashes[0]
    assert len([text for text in lines.texts if " GET /login/ 500 in " in text]) == 1


def test_a_page_that_is_forbidden_is_one_line(alice_browser: Client, lines: Lines) -> None:
    def refuse(*args: object) -> None:
        raise PermissionDenied("because")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("craft.overview.allowances_of", refuse)
        assert alice_browser.get("/settings/").status_code == 403
    (text,) = lines.texts
    assert " GET /settings/ 403 in " in text
    assert "Traceback" not in text
