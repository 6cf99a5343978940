"""Migrations run while the release before serves: none locks a table for long, none breaks that one."""

import io
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.e2e.server import on_postgresql

OURS = {"accounts", "apikeys", "oauth", "projects"}
# The newest of each app when this began. Those up to here are of one release, with which a database begins.
BEFORE = {"accounts": 11, "apikeys": 6, "oauth": 4, "projects": 4}
# Those that move rows by themselves, and why that is no matter while others write: `app.name`, with a word.
LOOKED_AT: dict[str, str] = {}

RULES = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "locks out writers: AddIndexConcurrently, atomic = False",
    r"ADD CONSTRAINT (?!.*NOT VALID)": "looks at every row under a lock: NOT VALID, then VALIDATE",
    r"ALTER COLUMN \S+ TYPE": "writes the table anew under a lock: add a column, and move over",
    r"ALTER COLUMN \S+ SET NOT NULL": "looks at every row: CHECK … NOT VALID, VALIDATE, then this",
    r"ADD COLUMN (?!.*\bDEFAULT\b).*NOT NULL": "fails where there are rows: db_default",
    r"ALTER COLUMN \S+ DROP DEFAULT": "the release before does not fill it in: db_default",
    r"DROP COLUMN|DROP TABLE": "the release before reads it: a release later",
    r"RENAME (COLUMN|TO)": "the release before knows the old name: add, fill, drop a release later",
    r"CANNOT BE WRITTEN AS SQL": "name it in LOOKED_AT once it works in batches",
}


def faults(sql: str) -> list[str]:
    """What is wrong with a migration's SQL; a table that it makes itself may be done anything with."""
    made = set(re.findall(r'CREATE TABLE ("\w+")', sql))
    found = []
    for line in sql.splitlines():
        table = re.search(r'(?:ALTER TABLE|\bON) ("\w+")', line)
        if table and table[1] in made:
            continue
        found += [f"{line}  ← {why}" for rule, why in RULES.items() if re.search(rule, line)]
    return found


@on_postgresql
@pytest.mark.django_db
def test_no_migration_locks_for_long_or_breaks_the_release_before() -> None:
    assert {each.label for each in apps.get_app_configs()} >= OURS
    for app, name in sorted(MigrationLoader(connection).disk_migrations):
        if app not in OURS or int(name[:4]) <= BEFORE[app] or f"{app}.{name}" in LOOKED_AT:
            continue
        sql = io.StringIO()
        call_command("sqlmigrate", app, name, stdout=sql)
        assert faults(sql.getvalue()) == [], f"{app}.{name}"


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX "i" ON "t" ("a");',
        'ALTER TABLE "t" ADD CONSTRAINT "c" CHECK ("a" > 0);',
        'ALTER TABLE "t" ADD COLUMN "a" integer NOT NULL CONSTRAINT "c" REFERENCES "u" ("id");',
        'ALTER TABLE "t" ALTER COLUMN "a" TYPE bigint USING "a"::bigint;',
        'ALTER TABLE "t" ALTER COLUMN "a" SET NOT NULL;',
        (
            'ALTER TABLE "t" ADD COLUMN "a" integer DEFAULT 0 NOT NULL;\n'
            'ALTER TABLE "t" ALTER COLUMN "a" DROP DEFAULT;'
        ),
        'ALTER TABLE "t" DROP COLUMN "a" CASCADE;',
        'DROP TABLE "t" CASCADE;',
        'ALTER TABLE "t" RENAME COLUMN "a" TO "b";',
        "-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
    ],
)
def test_each_kind_of_long_lock_and_break_is_seen(sql: str) -> None:
    assert len(faults(sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX CONCURRENTLY "i" ON "t" ("a");',
        'ALTER TABLE "t" ADD CONSTRAINT "c" CHECK ("a" > 0) NOT VALID;',
        'ALTER TABLE "t" ADD COLUMN "a" integer NULL;',
        'ALTER TABLE "t" ADD COLUMN "a" varchar(9) DEFAULT \'\' NOT NULL;',
        (
            'CREATE TABLE "n" ("id" bigint);\nCREATE INDEX "i" ON "n" ("id");\n'
            'ALTER TABLE "n" ADD CONSTRAINT "c" UNIQUE ("id");'
        ),
    ],
)
def test_what_takes_a_moment_and_breaks_nothing_is_well(sql: str) -> None:
    assert faults(sql) == []
