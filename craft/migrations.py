"""Which migrations of this code the database lacks."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def count_missing() -> int:
    """How many are still to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
