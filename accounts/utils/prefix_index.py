"""An index for `istartswith`, which is what the admin searches names and addresses by."""

from typing import Any

from django.db import migrations


def prefix_index(name: str, table: str, column: str) -> migrations.RunPython:
    """A migration's operation. PostgreSQL only: SQLite has no use for it, and Django no words.

    Django asks for UPPER(column) LIKE UPPER('term%'), and under most collations an index serves that only
    with the operators that compare character by character.
    """

    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"CREATE INDEX {name} ON {table} (UPPER({column}::text) text_pattern_ops)")

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {name}")

    return migrations.RunPython(make, drop)
