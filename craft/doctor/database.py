"""The database: is it there, is it as this code needs it, and what lies between."""

from collections.abc import Callable
from functools import wraps

from django.db import DatabaseError, connection

from craft import start
from craft.doctor.fault import Fault
from craft.readiness_checks import with_database


def unless_away(ask: Callable[[], str]) -> Callable[[], str]:
    """Asks on a connection of its own; a database that is away is a fault like others."""

    @wraps(ask)
    def asked() -> str:
        try:
            return with_database(ask)()
        except DatabaseError as error:
            raise Fault(start.away(error)) from error

    return asked


@unless_away
def ask_database() -> str:
    """A role that may make no table serves well until the next upgrade."""
    if connection.vendor != "postgresql":
        return "SQLite, for one machine and few people"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_is_in_recovery(),"
            " has_schema_privilege(current_user, current_schema(), 'CREATE'),"
            " quote_ident(current_database()), quote_ident(current_user)"
        )
        version, is_standby, may_create, name, role = cursor.fetchone()
    if is_standby:
        raise Fault(
            "DATABASE_URL names a standby, which takes no write. Name the primary, or all of them with "
            "?target_session_attrs=read-write at the end."
        )
    if not may_create:
        raise Fault(
            "The database's role may create no table, so that the next migration fails. Let the database "
            f"belong to it, as PostgreSQL's administrator: ALTER DATABASE {name} OWNER TO {role};"
        )
    return f"PostgreSQL {version}"


@unless_away
def ask_migrations() -> str:
    if sentence := start.wrong_migrations():
        raise Fault(sentence)
    return "all applied"


@unless_away
def ask_timeouts() -> str:
    if sentence := start.missing_timeouts():
        raise Fault(sentence)
    return "the role has them" if connection.vendor == "postgresql" else "not needed"


@unless_away
def ask_pooler() -> str:
    """A pooler makes up the process id that a connection is told; the server says its own."""
    if connection.vendor != "postgresql":
        return "none"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    if pid == connection.connection.info.backend_pid:
        return "none"
    if connection.settings_dict["OPTIONS"]["prepare_threshold"] is not None:
        raise Fault(
            "There is a pooler before the database, which loses prepared statements in transaction mode. "
            "End DATABASE_URL in ?prepare_threshold=off."
        )
    return "there is one, and nothing is prepared"
