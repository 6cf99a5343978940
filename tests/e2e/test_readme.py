"""What the README says of `make run`, from an empty database to the first call, by its own command lines."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.server import DATABASE, ROOT, Server, new_database
from tests.e2e.shell_process import run_code
from tests.interop.person import Person

pytestmark = [pytest.mark.server, pytest.mark.database]
SCHEMA = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
look = connection.introspection
with connection.cursor() as cursor:
    answer = {
        table: {
            "columns": sorted(map(str, look.get_table_description(cursor, table))),
            "constraints": sorted(map(str, look.get_constraints(cursor, table).items())),
        }
        for table in look.table_names(cursor)
    }
answer["migrations"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
"""


def run(server: Server, *command: str) -> str:
    """What a Python command prints in the server's environment."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=server.environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@contextmanager
def migrated(folder: Path, *, is_empty: bool) -> Iterator[Server]:
    """A server, not started, whose database has been migrated."""
    with new_database(folder, f"{DATABASE}_readme", is_empty=is_empty) as url:
        server = Server(folder, url)
        run(server, "manage.py", "migrate", "--verbosity", "0")
        yield server
        server.stop()


# On SQLite the walk below begins with an empty database; and as soon as a migration changes,
# tests/template.py runs all of them on PostgreSQL.
@pytest.mark.variant
def test_the_migrations_build_the_database_that_all_tests_run_on(tmp_path: Path, db: None) -> None:
    with migrated(tmp_path, is_empty=True) as server:
        built = server.ask(SCHEMA)

        assert "apikeys_apikey" in built
        assert json.loads(json.dumps(run_code(SCHEMA, None))) == built


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with migrated(tmp_path, is_empty=False) as server:
        yield server


def test_from_make_run_to_the_first_call(server: Server) -> None:
    printed = run(server, "-m", "craft.demo")
    email, password = re.findall(r"Demo account: (\S+)  password: (\S+)", printed)[0]
    assert run(server, "-m", "craft.demo") == ""
    server.start()
    site = f"http://localhost:{server.port}"
    person = Person(site, email, password)

    person.fill_in(person.open(f"{site}/login/"), login=email, password=password)
    page = person.fill_in(
        person.open(f"{site}/settings/api-keys/new/"),
        name="Reports bot",
        permission="read-only",
        expires="90",
    )
    key = re.findall(r"craft_key_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", page.text)[0]
    status, answer = server.call("GET", "/v1/me", key)

    assert (status, json.loads(answer)["data"]["email"]) == (200, email)
    assert server.call("POST", "/v1/projects", key, json_body={"name": "x"})[0] == 403
    assert "from 127.0.0.1" in person.open(f"{site}/settings/api-keys/").text
