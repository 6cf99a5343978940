"""What must be so before Craft serves: `python -m craft.start` ends with a sentence and 1 when it is not.

A process of its own, so that the server's stays small and its workers load the code as it is when they start.
"""

import logging
import os
import sys

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from accounts.utils import database_faults, patience
from craft.migrations import count_missing, unknown

# What the server ends by itself. The waits of Craft end in any case, but the work in the server goes on.
TIMEOUTS = {"statement_timeout": "4s", "lock_timeout": "3s", "idle_in_transaction_session_timeout": "10s"}
log = logging.getLogger("craft")


def main() -> None:
    """Exit with a sentence for the first thing that is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craft.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    sentence = missing_static_files() or missing_database()
    if sentence:
        sys.exit(sentence)
    if warning := missing_timeouts():
        log.warning(warning)


def missing_static_files() -> str:
    """What to do about static files that are not collected; "" when they are there."""
    collected: dict[str, str] | None = getattr(staticfiles_storage, "hashed_files", None)
    if collected == {}:
        return "The static files are not collected. Run: python manage.py collectstatic --no-input"
    return ""


def missing_database() -> str:
    """What is wrong with the database; "" when it is as this code needs it."""
    patience.begin()
    try:
        return wrong_migrations()
    except DatabaseError as error:
        return away(error)


def wrong_migrations() -> str:
    """What to do about a database that is older or newer than this code; "" when it is neither."""
    if newer := unknown():
        return (
            f"The database is newer than this code: {newer[-1]} was applied to it. Start the release that "
            "did, or a later one; to go back, restore the backup from before."
        )
    missing = count_missing()
    if not missing:
        return ""
    lacks = "a migration" if missing == 1 else f"{missing} migrations"
    return f"The database lacks {lacks} of this code. Run: python manage.py migrate"


def away(error: DatabaseError) -> str:
    """What to do about a database that cannot be used."""
    return (
        f"The database that DATABASE_URL names cannot be used: {database_faults.reason_of(error)}. "
        "Is it running, and are host, port, name, user and password right?"
    )


def missing_timeouts() -> str:
    """A warning with the statements to run; "" when the role has its time-outs, and for SQLite."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0'", [list(TIMEOUTS)]
        )
        unset = {name for (name,) in cursor.fetchall()}
    role = settings.DATABASES["default"].get("USER") or "craft"
    statements = " ".join(
        f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in TIMEOUTS.items() if name in unset
    )
    return statements and f"The database's role has no time-outs, see README, Deploy. Run in it: {statements}"


if __name__ == "__main__":
    main()
