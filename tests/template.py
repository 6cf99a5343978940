"""The database that every test database of this run is a copy of: migrations take ten seconds, a copy none.

`python -m tests.template` makes it in the PostgreSQL of the run; tests/services.py has it do so while the
tests start. Who needs a copy asks for `name()`, which waits until it is complete. Who has one calls `migrate`
all the same: it finds nothing to do, or fails where it failed for the template.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

VARIABLE = "DATABASE_TEMPLATE"  # the template's name; not set where each database is to be migrated by itself
WAIT_SECONDS = 300  # much more than it takes, for a busy machine


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


def main() -> None:
    """Make it under another name first, so that nobody takes it before it is complete."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    template = os.environ[VARIABLE]
    unfinished = settings.DATABASES["default"]["NAME"] = f"{template}_unfinished"
    with postgres() as connection:
        connection.execute(f"CREATE DATABASE {unfinished}")
    try:
        django.setup()
        call_command("migrate", verbosity=0)
    finally:
        connections.close_all()
        with postgres() as connection:
            connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")


if __name__ == "__main__":
    main()
