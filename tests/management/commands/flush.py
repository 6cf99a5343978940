"""Empty the test database between two tests: Django's `flush`, by DELETE.

TRUNCATE makes each of some sixty tables and its indexes anew, and then Django does content types, permissions
and the site, which are no test's own. That takes four tenths of a second, this two hundredths.
"""

import os
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction

from tests.template import VARIABLE

MADE_BY_MIGRATE = {"django_content_type", "auth_permission", "django_site"}


class Command(flush.Command):
    """As Django's, where the cluster is the run's own: it takes a superuser to leave constraints aside."""

    def handle(self, **options: Any) -> None:
        """Delete every row but those that `migrate` makes."""
        connection = connections[options["database"]]
        if not os.environ.get(VARIABLE) or connection.vendor != "postgresql":
            return super().handle(**options)
        tables = set(connection.introspection.django_table_names(include_views=False)) - MADE_BY_MIGRATE
        with transaction.atomic(using=options["database"]), connection.cursor() as cursor:
            # The order of tables does not matter then, nor that the security log forbids it.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables))  # noqa: S608  of models
        return None
