"""The environment decides everything, and what cannot work stops the start with a sentence."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from craft import configuration

pytestmark = pytest.mark.long
ROOT = Path(__file__).parent.parent.parent
SECRET = "0123456789abcdef" * 4
KEY = "for-tests-only-0123456789abcdefghijklmnopqr="
PRODUCTION = {
    "WEB_URL": "https://craft.fast",
    "API_URL": "https://api.craft.fast",
    "PREVIEW_URL": "https://craft-preview.app",
    "ENCRYPTION_KEYS": KEY,
    "TRUSTED_PROXY_COUNT": "1",
}
# Has imported what every start imports, and makes a process of its own for each environment that it is told.
PREPARED = """
import json, os, sys, tempfile
import cryptography.fernet, django.conf, environ, logging.config, pythonjsonlogger.json, uuid, zoneinfo
import django.core.files.storage, django.templatetags.static, django.utils.translation.trans_real
for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if not (pid := os.fork()):
            os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
            os.environ.clear(), os.environ.update(json.loads(line))
            exec(sys.argv[1], {"__name__": "__main__"})
            sys.exit()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said = [file.seek(0) or file.read().decode() for file in (out, err)]
        print(json.dumps([code, *said]), flush=True)
"""
START = """
import json, sys
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
try:
    settings.PORT
except ImproperlyConfigured as error:
    sys.exit(str(error))
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))
"""


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    if _prepared.cache_info().currsize:
        _prepared().communicate()  # closes what it reads from, after which it ends
        _prepared.cache_clear()


@cache
def _prepared() -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", PREPARED, START]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@cache
def _start(variables: frozenset[tuple[str, str]]) -> tuple[int, str, str]:
    """Exit code, output and errors of a start in this environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "craft.settings",
        "CRAFT_ENV_FILE": "",
        "SECRET_KEY": SECRET,
        **dict(variables),
    }
    process = _prepared()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(environment) + "\n")
    process.stdin.flush()
    code, output, errors = json.loads(process.stdout.readline())
    return code, output, errors


def settings(**variables: str) -> Any:
    """The settings with which Craft starts in this environment and no other."""
    code, output, errors = _start(frozenset(variables.items()))
    assert code == 0, errors
    return json.loads(output)


def refusal(**variables: str) -> str:
    """The sentence with which it refuses to start."""
    code, output, errors = _start(frozenset(variables.items()))
    assert code == 1, output
    assert "Traceback" not in errors
    return errors.strip()


def test_a_secret_key_is_all_that_is_required_and_everything_else_is_safe_and_local() -> None:
    started = settings()
    assert (started["WEB_URL"], started["API_URL"], started["PREVIEW_URL"]) == (
        "http://localhost:8000",
        "http://localhost:8000",
        "http://preview.localhost:8000",
    )
    assert started["DEBUG"] is False
    assert started["ALLOWED_HOSTS"] == ["127.0.0.1", "[::1]", "localhost", ".preview.localhost"]
    assert started["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert started["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    assert started["CACHES"]["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache"
    assert (started["WORKERS"], started["THREADS"], started["TRUSTED_PROXY_COUNT"]) == (1, 4, 0)


def test_former_secret_keys_verify_and_open_what_was_encrypted_under_them() -> None:
    old, former = settings(), settings(SECRET_KEY=SECRET[::-1], SECRET_KEY_FALLBACKS=f"{SECRET}, {SECRET}x,")
    assert former["SECRET_KEY_FALLBACKS"] == [SECRET, f"{SECRET}x"]
    assert former["ENCRYPTION_KEYS"][1:2] == old["ENCRYPTION_KEYS"]


def test_the_port_is_in_the_default_addresses() -> None:
    started = settings(PORT="8312")
    assert (started["WEB_URL"], started["PREVIEW_URL"]) == (
        "http://localhost:8312",
        "http://preview.localhost:8312",
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Put a random value"),
        ({"SECRET_KEY": "x" * 31}, "SECRET_KEY is shorter than 32 characters. Use a longer random value."),
        (
            {"SECRET_KEY_FALLBACKS": f"{SECRET},hunter2"},
            "SECRET_KEY_FALLBACKS has a key of fewer than 32 characters. It must hold former",
        ),
        ({"SENTRY_DSN": "hunter2"}, "SENTRY_DSN is malformed. Copy it from the project's settings in Sentry"),
        ({"METRICS_PORT": "x"}, "METRICS_PORT is 'x'. It must be a whole number from 0 to 65535."),
        ({"PORT": "http"}, "PORT is 'http'. It must be a whole number from 1 to 65535."),
        ({"PORT": "0"}, "PORT is '0'. It must be a whole number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT is '65536'. It must be a whole number from 1 to 65535."),
        ({"PORT": "9" * 5000}, "PORT is '999"),
        ({"PORT": "٣"}, "PORT is '٣'. It must be"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'. It must be on or off."),
        ({"WORKERS": "-1"}, "WORKERS is '-1'. It must be a whole number from 1 to 256."),
        ({"THREADS": "four"}, "THREADS is 'four'. It must be a whole number from 1 to 256."),
        (
            {"TRUSTED_PROXY_COUNT": "yes"},
            "TRUSTED_PROXY_COUNT is 'yes'. It must be a whole number from 0 to 10.",
        ),
        ({"DATABASE_URL": "mysql://host/craft"}, "DATABASE_URL must begin with postgres:// or sqlite:///."),
        ({"DATABASE_URL": ""}, "DATABASE_URL must begin with postgres:// or sqlite:///."),
        ({"DATABASE_URL": "postgres://user@host"}, "DATABASE_URL is malformed. Write it as postgres://"),
        (
            {"DATABASE_URL": "//craft:hunter2@db/craft"},
            "DATABASE_URL must begin with postgres:// or sqlite:///.",
        ),
        (
            {"DATABASE_URL": "postgres://craft:hunter2@one:5432,two/craft"},
            "DATABASE_URL names several hosts. Give each its port, or none: postgres://user:password@host1",
        ),
        ({"DATABASE_URL": "postgres://craft@one,/craft"}, "DATABASE_URL names several hosts."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml'. It must be text or json."),
        (
            {"EMAIL_FROM_FILE": "/nowhere/secret"},
            "EMAIL_FROM_FILE is '/nowhere/secret', which cannot be read: No such file or directory",
        ),
        ({"REDIS_URL": "http://host"}, "REDIS_URL is malformed. Examples: redis://host:6379/0"),
        ({"REDIS_URL": "redis://host:port"}, "REDIS_URL is malformed. Examples: redis://host:6379/0"),
        ({"REDIS_URL": "unix://"}, "REDIS_URL is malformed. Examples: redis://host:6379/0"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL is malformed. Examples: smtp+tls://"),
        ({"EMAIL_URL": "smtp+tls://user@host:port"}, "EMAIL_URL is malformed. Examples: smtp+tls://"),
        ({"EMAIL_URL": "smtp+tls://"}, "EMAIL_URL is malformed. Examples: smtp+tls://"),
        ({"EMAIL_URL": "filemail:///mails"}, "EMAIL_URL needs four slashes before an absolute folder"),
        ({"ENCRYPTION_KEYS": "hunter2"}, "ENCRYPTION_KEYS is malformed. It must hold keys of 44 characters"),
        ({"ENCRYPTION_KEYS": f"{KEY},{KEY[:-1]}"}, "ENCRYPTION_KEYS is malformed."),
        ({"ENCRYPTION_KEYS": KEY.replace("-", "+")}, "ENCRYPTION_KEYS is malformed."),
        (
            {**PRODUCTION, "ENCRYPTION_KEYS": ""},
            "ENCRYPTION_KEYS is not set. It encrypts what waits to be mailed",
        ),
        ({**PRODUCTION, "ENCRYPTION_KEYS": " ,"}, "ENCRYPTION_KEYS is not set."),
        ({"EMAIL_FROM": "nobody"}, "EMAIL_FROM is 'nobody'. It must be an address, or Name <address>."),
        ({"ABUSE_URL": "abuse@craft.example"}, "ABUSE_URL is 'abuse@craft.example'. It must be an address"),
        ({"ABUSE_URL": "javascript:alert(1)"}, "ABUSE_URL is 'javascript:alert(1)'. It must be an address"),
        ({"ABUSE_URL": "https://a b"}, "ABUSE_URL is 'https://a b'. It must be an address"),
        ({"TERMS_URL": "craft.example"}, "TERMS_URL is 'craft.example'. It must be an address"),
        ({"PRIVACY_URL": "data:text/html,x"}, "PRIVACY_URL is 'data:text/html,x'. It must be an address"),
        ({"SUPPORT_EMAIL": "mailto:a@b.c@d"}, "SUPPORT_EMAIL is 'mailto:a@b.c@d'. It must be an address"),
        ({"SUPPORT_EMAIL": "a@b.c\nx"}, "SUPPORT_EMAIL is 'a@b.c\\nx'. It must be an address"),
        (
            {"SECURITY_CONTACT": "http://craft.example"},
            "SECURITY_CONTACT is 'http://craft.example'. It must be",
        ),
        ({"EMAIL_FROM": "a@b.c\nBcc: d@e.f"}, "EMAIL_FROM is 'a@b.c\\nBcc: d@e.f'. It must be an address"),
    ],
)
def test_a_missing_or_malformed_variable_stops_the_start_with_a_sentence_that_names_it(
    variables: dict[str, str], sentence: str
) -> None:
    assert refusal(**variables).startswith(sentence)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "craft.fast",
        "ftp://craft.fast",
        "//craft.fast",
        "https://",
        "https://*",
        "https://.craft.fast",
        "https://craft.fast.",  # the same host by another name
        "https://craft.fast ",
        "https://user:password@craft.fast",
        "https://:password@craft.fast",
        "https://craft.fast/v1",
        "https://craft.fast?a=b",
        "https://craft.fast#a",
        "https://craft.fast:port",
        "https://craft.fast:99999",
        "https://craft.fast:0",
        "https://bücher.example",
    ],
)
def test_an_address_is_a_scheme_and_a_host_and_nothing_more(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("WEB_URL", address)
    with pytest.raises(ImproperlyConfigured) as refused:
        configuration.origin("WEB_URL", "http://localhost:8000")
    sentence = f"WEB_URL is {address!r}. It must be an address such as https://craft.fast, without a path."
    assert str(refused.value) == sentence


@pytest.mark.parametrize("name", ["WEB_URL", "API_URL", "PREVIEW_URL"])
def test_each_of_the_three_addresses_is_checked(name: str) -> None:
    assert refusal(**{**PRODUCTION, name: "craft.fast"}).startswith(f"{name} is 'craft.fast'. It must be")


@pytest.mark.parametrize(
    ("web", "api", "preview", "shared"),
    [
        ("craft.fast", "api.craft.fast", "craft.fast", "craft.fast shares its domain with craft.fast"),
        ("craft.fast", "api.craft.fast", "p.craft.fast", "p.craft.fast shares its domain with craft.fast"),
        ("craft.fast", "craft.fast", "A.P.CRAFT.FAST", "a.p.craft.fast shares its domain with craft.fast"),
        ("a.craft.fast", "a.craft.fast", "p.craft.fast", "p.craft.fast shares its domain with a.craft.fast"),
        ("localhost", "localhost", "localhost", "localhost shares its domain with localhost"),
    ],
)
def test_a_preview_domain_that_could_plant_cookies_is_refused(
    web: str, api: str, preview: str, shared: str
) -> None:
    sentence = refusal(WEB_URL=f"https://{web}", API_URL=f"https://{api}", PREVIEW_URL=f"https://{preview}")
    assert sentence.startswith(f"PREVIEW_URL's host {shared}. Published pages could plant cookies there")


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ("craft.fast", "craft-api.fast"),
        ("craft.fast", "evilcraft.fast"),
        ("www.craft.fast", "craft.fast"),
    ],
)
def test_an_api_host_that_is_not_below_the_web_host_is_refused(web: str, api: str) -> None:
    sentence = refusal(WEB_URL=f"https://{web}", API_URL=f"https://{api}", PREVIEW_URL="https://preview.app")
    assert sentence == f"API_URL's host {api} must be WEB_URL's host {web} or a name below it."


def test_the_preview_domain_must_be_set_unless_the_site_is_local() -> None:
    assert refusal(WEB_URL="https://craft.fast").startswith(
        "PREVIEW_URL is not set. Published pages need another"
    )


def test_web_and_api_share_their_scheme_as_they_share_the_session() -> None:
    sentence = "API_URL and WEB_URL must both be https or both http: they share the session cookie."
    assert refusal(**{**PRODUCTION, "API_URL": "http://api.craft.fast"}) == sentence


def test_production_serves_three_hosts_whose_cookies_are_secure_and_never_reach_the_preview() -> None:
    started = settings(**PRODUCTION)
    assert started["ALLOWED_HOSTS"] == ["api.craft.fast", "craft.fast", ".craft-preview.app"]
    for cookie in ("SESSION", "CSRF"):
        assert started[f"{cookie}_COOKIE_DOMAIN"] == "craft.fast"
        assert started[f"{cookie}_COOKIE_SECURE"] is True
    assert started["SESSION_COOKIE_HTTPONLY"] is True
    assert started["CSRF_TRUSTED_ORIGINS"] == ["https://craft.fast"]
    assert started["SECURE_SSL_REDIRECT"] is True
    assert started["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert started["SECURE_HSTS_SECONDS"] >= 365 * 86400
    assert started["DEFAULT_FROM_EMAIL"] == "Craft <no-reply@craft.fast>"


def test_on_one_host_cookies_are_that_hosts_alone() -> None:
    started = settings(**{**PRODUCTION, "API_URL": "https://craft.fast"})
    assert started["SESSION_COOKIE_DOMAIN"] is started["CSRF_COOKIE_DOMAIN"] is None
    assert started["ALLOWED_HOSTS"] == ["craft.fast", ".craft-preview.app"]


def test_pages_may_call_the_api_where_it_has_a_host_of_its_own_and_nothing_else() -> None:
    def connect_src(**variables: str) -> list[str]:
        allowed: list[str] = settings(**variables)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["connect-src"]
        return allowed

    assert connect_src(**PRODUCTION) == ["'self'", "https://api.craft.fast"]
    assert connect_src(**{**PRODUCTION, "API_URL": "https://craft.fast"}) == ["'self'"]
    assert connect_src() == ["'self'"]


def test_the_api_follows_the_web_address_unless_it_is_set() -> None:
    started = settings(
        WEB_URL="https://craft.fast", PREVIEW_URL="https://craft-preview.app", ENCRYPTION_KEYS=KEY
    )
    assert started["API_URL"] == "https://craft.fast"


def test_over_plain_http_cookies_are_sent_and_nothing_is_promised_about_https() -> None:
    started = settings()
    assert started["SESSION_COOKIE_SECURE"] is started["CSRF_COOKIE_SECURE"] is False
    assert (started["SECURE_HSTS_SECONDS"], started["SECURE_SSL_REDIRECT"]) == (0, False)
    assert started["SECURE_PROXY_SSL_HEADER"] is None


def test_https_without_a_trusted_proxy_starts_with_a_warning_and_trusts_no_forwarded_header() -> None:
    variables = {**PRODUCTION, "TRUSTED_PROXY_COUNT": "0"}
    started = settings(**variables)
    assert started["SECURE_PROXY_SSL_HEADER"] is None
    assert started["SECURE_SSL_REDIRECT"] is False  # it would redirect for ever
    assert started["SESSION_COOKIE_SECURE"] is True
    warning = _start(frozenset(variables.items()))[2]
    assert "WEB_URL is https but TRUSTED_PROXY_COUNT is 0" in warning


def test_an_address_of_this_machine_needs_no_preview_domain() -> None:
    started = settings(WEB_URL="http://127.0.0.1:8312", API_URL="http://127.0.0.1:8312")
    assert started["ALLOWED_HOSTS"] == ["127.0.0.1", "[::1]", "localhost", ".preview.localhost"]


def test_a_malformed_database_address_does_not_show_its_password() -> None:
    assert "hunter2" not in refusal(DATABASE_URL="postgres://craft:hunter2/x@host:5432/craft")


def test_a_database_address_without_a_scheme_shows_no_password_in_a_warning_either() -> None:
    variables = {"DATABASE_URL": "//craft:hunter2@db/craft", "SECRET_KEY": SECRET, "CRAFT_ENV_FILE": ""}
    done = subprocess.run(
        [sys.executable, "-m", "craft.serve"],
        env={"PATH": os.environ["PATH"], **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "DATABASE_URL must begin with postgres:// or sqlite:///."


def test_any_variable_may_be_a_file_whose_last_newline_is_not_part_of_it(tmp_path: Path) -> None:
    values = {**PRODUCTION, "HOST": "127.0.0.1", "REDIS_URL": "redis://cache/1", "LOG_FORMAT": "json"}
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    started = settings(**{f"{name}_FILE": str(tmp_path / name) for name in values})
    assert started["PREVIEW_URL"] == PRODUCTION["PREVIEW_URL"]
    assert (started["WEB_URL"], started["API_URL"]) == (PRODUCTION["WEB_URL"], PRODUCTION["API_URL"])
    assert (started["HOST"], started["REDIS_URL"]) == ("127.0.0.1", "redis://cache/1")
    assert started["LOGGING"]["formatters"]["line"]["()"] == "craft.logs.JSONFormatter"


def test_a_malformed_line_of_the_file_of_variables_stops_the_start_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# fine\n\nSECRET_KEY hunter2hunter2\n")
    sentence = refusal(CRAFT_ENV_FILE=str(file))
    assert sentence == f"Line 3 of {file} is not NAME=value."


def test_postgresql_redis_and_mail_are_taken_from_their_addresses() -> None:
    started = settings(
        DATABASE_URL="postgres://craft:p%2Fw@db.internal:5433/craft",
        REDIS_URL="redis://cache.internal:6379/2",
        EMAIL_URL="smtp+tls://craft:secret@mail.internal:587",
        EMAIL_FROM="Craft Support <support@craft.fast>",
    )
    database = started["DATABASES"]["default"]
    assert database["ENGINE"] == "accounts.utils.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.internal", 5433, "craft")
    assert (database["USER"], database["PASSWORD"]) == ("craft", "p/w")
    assert started["CACHES"]["default"]["LOCATION"] == "redis://cache.internal:6379/2"
    assert (started["EMAIL_HOST"], started["EMAIL_PORT"], started["EMAIL_USE_TLS"]) == (
        "mail.internal",
        587,
        True,
    )
    assert started["DEFAULT_FROM_EMAIL"] == "Craft Support <support@craft.fast>"


def test_of_several_hosts_that_one_is_used_which_takes_writes() -> None:
    database = settings(DATABASE_URL="postgres://craft@one:5432,[::1]:5433/craft")["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"]) == ("one,::1", "5432,5433")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    other = settings(DATABASE_URL="postgres://craft@one,two/craft?target_session_attrs=primary")
    assert other["DATABASES"]["default"]["OPTIONS"]["target_session_attrs"] == "primary"


def test_a_file_of_variables_is_read_and_the_environment_wins_over_it(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("PORT=8313\nTHREADS=7\n")
    started = settings(CRAFT_ENV_FILE=str(file), THREADS="8")
    assert (started["WEB_URL"], started["THREADS"]) == ("http://localhost:8313", 8)


def test_what_is_encrypted_has_its_own_keys_which_a_local_craft_can_do_without(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEY},\n{KEY[::-1][1:]}=\n")
    assert settings(**{**PRODUCTION, "ENCRYPTION_KEYS": f" {KEY} "})["ENCRYPTION_KEYS"] == [KEY]
    (derived,) = settings()["ENCRYPTION_KEYS"]
    assert derived not in (KEY, SECRET)
    assert settings(SECRET_KEY=SECRET[::-1])["ENCRYPTION_KEYS"] != [derived]
    # What was encrypted before a key was set stays readable.
    started = settings(ENCRYPTION_KEYS_FILE=str(file))
    assert started["ENCRYPTION_KEYS"] == [KEY, f"{KEY[::-1][1:]}=", derived]


def test_a_way_to_make_a_key_that_the_sentence_names_makes_one() -> None:
    command = refusal(**{**PRODUCTION, "ENCRYPTION_KEYS": ""}).partition("Make one with: ")[2]
    made = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout  # noqa: S602  our own
    assert settings(**{**PRODUCTION, "ENCRYPTION_KEYS": made})["ENCRYPTION_KEYS"] == [made.strip()]
