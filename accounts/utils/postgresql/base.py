"""What Django looks for in a database engine."""

from typing import Any

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg import IsolationLevel

from accounts.utils import patience
from accounts.utils.postgresql.connection import BoundedConnection

COMMAND_TIMEOUTS = (
    "SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '10s', false)"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, on connections that do not wait for ever, one a thread and without a pool.

    The time-outs of the role (craft.start) are those of serving. A command has its own: a migration may take
    long, but must not wait long for a lock, since whatever comes after it waits for the migration. Behind a
    pooler (prepare_threshold=off) it has none: what it said would stay with a connection of all.
    """

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return BoundedConnection.connect(**conn_params)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if not patience.is_counted() and self.settings_dict["OPTIONS"].get("prepare_threshold"):
            with self.cursor() as cursor:
                cursor.execute(COMMAND_TIMEOUTS)
