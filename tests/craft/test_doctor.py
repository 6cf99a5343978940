"""`doctor`: each fault, planted once, is found and has its sentence."""

import os
import secrets
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.mail import outbox
from accounts.models import LastRun, QueuedMail
from craft.doctor import proxy
from craft.doctor.fault import Fault
from craft.doctor.table import CHECKS
from craft.doctor.web import Answer
from craft.readiness import Check
from tests.commands import run
from tests.craft.postgresql import ROLE, cluster
from tests.craft.tls import tls_server
from tests.e2e.server import on_postgresql
from tests.services import NAME, valkey

ROOT = Path(__file__).parents[2]
WEB, API, PREVIEW = "craft.example", "api.craft.example", "craft-preview.example"
NAMES = [WEB, API, f"*.{PREVIEW}"]
committed = pytest.mark.django_db(transaction=True)  # a check has a connection of its own


def found(name: str) -> tuple[bool, str]:
    """Whether it is well, and what the doctor says of it; asked as the command does."""
    check = Check(name, CHECKS[name])
    check.start()
    return check.found(60)


def fault(name: str) -> str:
    is_well, words = found(name)
    assert not is_well
    return words


def doctor(**environ: str) -> tuple[int, dict[str, str]]:
    """The command in a process of its own: its exit code, and the line of each check."""
    given = {
        "PATH": os.environ["PATH"],
        "CRAFT_ENV_FILE": "",
        "SECRET_KEY": "0123456789abcdef" * 4,
        **environ,
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    lines = {line[6:20].strip(): (line[:6].strip(), line[20:]) for line in done.stdout.splitlines()}
    assert list(lines) == list(CHECKS)
    return done.returncode, {name: f"{how}: {words}" for name, (how, words) in lines.items()}


@pytest.mark.long
@on_postgresql
def test_of_an_installation_that_is_well_nothing_is_to_be_done(tmp_path: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="craft-") as folder,
        cluster() as database,
        valkey(Path(folder)) as redis_url,
    ):
        for name, value in (("statement", "4s"), ("lock", "3s"), ("idle_in_transaction_session", "10s")):
            database.run(f"ALTER ROLE {ROLE} SET {name}_timeout = '{value}'")
        database.run(f"ALTER DATABASE {NAME} OWNER TO {ROLE}")
        (tmp_path / "files").mkdir()
        environ = {
            "DATABASE_URL": database.url,
            "REDIS_URL": redis_url,
            "STORAGE_URL": f"file://{tmp_path}/files",
            "DJANGO_SETTINGS_MODULE": "craft.settings",
        }
        code, lines = doctor(**environ)
        assert code == 1
        assert lines.pop("housekeeping").startswith(
            "FAULT: `python manage.py housekeeping` has not come to its end here yet: run it every minute"
        )
        assert {line.partition(":")[0] for line in lines.values()} == {"ok"}
        database.run(
            "INSERT INTO accounts_lastrun (job, ended_at, seconds, did)"
            " VALUES ('housekeeping', now(), 1, '{}')"
        )
        code, lines = doctor(**environ)
        assert (code, lines["counters"], lines["pooler"]) == (0, "ok: shared", "ok: none")


@pytest.mark.long
def test_everything_that_is_away_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"127.0.0.1:{free.getsockname()[1]}"
    code, lines = doctor(
        DATABASE_URL=f"postgres://craft:hunter2@{nowhere}/craft",
        REDIS_URL=f"redis://:hunter2@{nowhere}/0",
        EMAIL_URL=f"smtp+tls://craft:hunter2@{nowhere}",
        STORAGE_URL=f"file://{tmp_path}/nowhere",
    )
    assert code == 1
    away = "FAULT: The database that DATABASE_URL names cannot be used: connection failed"
    for name in ("database", "migrations", "time-outs", "pooler", "mail", "housekeeping"):
        assert lines[name].startswith(away), lines[name]
        assert lines[name].endswith("Is it running, and are host, port, name, user and password right?")
    assert lines["counters"].startswith("FAULT: Nothing answers at REDIS_URL, or it takes no more")
    assert lines["storage"].startswith(
        "FAULT: Nothing can be written where STORAGE_URL says (FolderMissing)."
    )
    assert "hunter2" not in str(lines)


# --- Settings and database


def test_dangerous_settings_are_told_with_their_ids(settings: Settings) -> None:
    settings.IS_LOCAL, settings.DEBUG = False, True
    words = fault("settings")
    for one in ("craft.E001", "craft.W001", "Take DEBUG out", "security.W004"):
        assert one in words


@committed
def test_a_migration_that_is_missing_and_one_of_newer_code_are_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = name || 'x' WHERE app = 'sessions'")
        try:
            assert fault("migrations").startswith(
                "The database is newer than this code: sessions.0001_initialx"
            )
            cursor.execute("UPDATE django_migrations SET app = 'gone' WHERE app = 'sessions'")
            assert fault("migrations") == (
                "The database lacks a migration of this code. Run: python manage.py migrate"
            )
        finally:
            cursor.execute(
                "UPDATE django_migrations SET name = rtrim(name, 'x'), app = 'sessions'"
                " WHERE app = 'gone' OR app = 'sessions'"
            )
    assert found("migrations") == (True, "all applied")


@on_postgresql
@committed
def test_a_role_that_may_create_no_table_is_told_whose_the_database_must_be() -> None:
    given, role = connection.settings_dict, f"Web-{secrets.token_hex(4)}"
    hand_over = f'ALTER DATABASE {given["NAME"]} OWNER TO "{role}";'
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}" LOGIN')
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(given, "USER", role)
                assert fault("database").endswith(hand_over)
                cursor.execute(hand_over)
                assert found("database")[0]
        finally:
            cursor.execute(f"ALTER DATABASE {given['NAME']} OWNER TO {given['USER']}")
            cursor.execute(f'DROP ROLE "{role}"')


@on_postgresql
@committed
def test_a_role_without_time_outs_is_told_the_statements() -> None:
    assert "SET statement_timeout = '4s'; ALTER ROLE" in fault("time-outs")


class _Pooler(socketserver.BaseRequestHandler):
    """Passes on what it gets, and makes up the process id, as PgBouncer does (BackendKeyData)."""

    server: "_PoolerServer"

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as database:
            database.connect(self.server.path)
            threading.Thread(target=self._pass_on, args=[database], daemon=True).start()
            while data := database.recv(65536):
                head, mark, rest = data.partition(b"K\x00\x00\x00\x0c")
                self.request.sendall(head + mark + (b"\x00\x00\x00\x07" + rest[4:] if mark else rest))

    def _pass_on(self, database: socket.socket) -> None:
        try:
            while data := self.request.recv(65536):
                database.sendall(data)
            database.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side has ended


class _PoolerServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    path = ""


@pytest.fixture
def pooler(transactional_db: None) -> Iterator[int]:
    """The port of something between this process and the database."""
    given = connection.settings_dict
    with _PoolerServer(("127.0.0.1", 0), _Pooler) as server:
        server.path = f"{given['HOST']}/.s.PGSQL.5432"
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@on_postgresql
def test_a_pooler_is_seen_whatever_its_name_and_must_have_nothing_prepared(pooler: int) -> None:
    assert found("pooler") == (True, "none")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(pooler))):
            patch.setitem(connection.settings_dict, name, value)
        assert fault("pooler").endswith("End DATABASE_URL in ?prepare_threshold=off.")
        patch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
        assert found("pooler") == (True, "there is one, and nothing is prepared")


@on_postgresql
@committed
@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_that_is_wrong_is_told(seconds: int) -> None:
    assert found("clock") == (True, "agrees")
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        assert "clock and that of the database are 60 seconds apart" in fault("clock")


# --- Storage, mail, housekeeping


def test_a_storage_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    local = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": local}
    assert fault("storage").startswith("Nothing can be written where STORAGE_URL says (")


@committed
def test_a_mail_server_that_does_not_answer_is_told(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
    assert fault("mail").startswith(
        "The mail server of EMAIL_URL cannot be used (ConnectionRefusedError Connection refused); 0 mails"
    )


@committed
def test_mails_that_wait_for_long_are_told() -> None:
    context = {"name": "Alice", "app_name": "Acme"}
    outbox.queue("oauth/email/token_reuse", to="alice@example.com", context=context)
    assert found("mail") == (True, "1 mails wait")
    QueuedMail.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert fault("mail").startswith("1 mails wait, the oldest since ")


@committed
def test_housekeeping_that_does_not_run_is_told() -> None:
    assert fault("housekeeping").startswith(
        "`python manage.py housekeeping` has not come to its end here yet"
    )
    run("housekeeping")
    assert found("housekeeping")[0]
    LastRun.objects.update(ended_at=timezone.now() - timedelta(minutes=6))
    assert "has not come to its end since " in fault("housekeeping")


# --- What is in front


@pytest.fixture
def public(settings: Settings) -> Settings:
    settings.IS_LOCAL, settings.IS_HTTPS = False, True
    return settings


def at(port: int, settings: Settings) -> None:
    settings.WEB_URL, settings.API_URL = f"https://{WEB}:{port}", f"https://{API}:{port}"
    settings.PREVIEW_URL = f"https://{PREVIEW}:{port}"


def test_certificates_are_well_for_all_three_names(
    public: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path, monkeypatch, NAMES, days=60) as port:
        at(port, public)
        assert found("certificates") == (True, "good for 60 days")


@pytest.mark.matrix  # each way
@pytest.mark.parametrize(
    ("names", "days", "is_trusted", "words"),
    [
        (NAMES, 13, True, f"The certificate at https://{WEB}:"),
        (NAMES, -0.5, True, f"The certificate at {WEB} is not good for it (certificate has expired)"),
        (NAMES, 60, False, f"The certificate at {WEB} is not good for it (self-signed certificate)"),
        ([WEB, f"*.{PREVIEW}"], 60, True, f"The certificate at {API} is not good for it (Hostname mismatch"),
        ([WEB, API, PREVIEW], 60, True, f"The certificate at doctor.{PREVIEW} is not good for it (Hostname"),
    ],
)
def test_a_certificate_that_ends_soon_or_is_of_no_use_is_told(
    public: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    days: float,
    is_trusted: bool,
    words: str,
) -> None:
    with tls_server(tmp_path, monkeypatch, names, days=days, is_trusted=is_trusted) as port:
        at(port, public)
        assert fault("certificates").startswith(words)


def test_what_does_not_answer_and_what_has_no_name_is_told(
    public: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.TRUSTED_PROXY_COUNT = 1
    with socket.create_server(("127.0.0.1", 0)) as free:
        public.WEB_URL = f"https://127.0.0.1:{free.getsockname()[1]}"
    assert fault("certificates").startswith(f"Nothing answers at {public.WEB_URL} (ConnectionRefusedError)")

    def lead_nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", lead_nowhere)
    public.WEB_URL = f"https://{WEB}"
    assert fault("proxy") == f"The name {WEB} leads nowhere: make a DNS record for it."


def test_https_without_a_trusted_proxy_is_told(public: Settings) -> None:
    public.TRUSTED_PROXY_COUNT = 0
    assert fault("proxy").startswith("TRUSTED_PROXY_COUNT is 0, so everybody has the proxy's address")


@pytest.mark.server
def test_callers_who_choose_their_address_and_probes_for_everybody_are_told(
    public: Settings, live_server: LiveServer
) -> None:
    public.IS_HTTPS, public.WEB_URL, public.API_URL = False, live_server.url, live_server.url
    assert fault("proxy").startswith("The proxy passes /healthz on: let it answer 404")
    public.TRUSTED_PROXY_COUNT = 1
    assert fault("proxy").startswith("Callers choose their own address: let the proxy append")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(301, {"location": f"https://{WEB}/login/"}, 60), "Pages redirect to themselves"),
        (Answer(400, {"x-request-id": "x"}, 60), "Craft does not know the host"),
        (Answer(200, {}, 60), "is not Craft's page (status 200)"),
        (Answer(502, {}, 60), "is not Craft's page (status 502)"),
    ],
)
def test_a_page_that_is_not_as_it_was_asked_for_is_told(answer: Answer, words: str) -> None:
    with pytest.raises(Fault) as told:
        proxy.check_page(answer)
    assert words in str(told.value)
    proxy.check_page(Answer(200, {"x-request-id": "x"}, 60))
