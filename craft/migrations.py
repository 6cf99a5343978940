"""Which migrations this code and the database do not have in common."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def count_missing() -> int:
    """How many of this code are still to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown() -> list[str]:
    """What was applied by newer code than this: `app.name`, the oldest first. Of apps that this code has."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    applied = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}
    return [f"{app}.{name}" for app, name in sorted(applied - known)]
