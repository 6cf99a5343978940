"""Everything that the doctor looks at, in the order in which it is told."""

from collections.abc import Callable

from craft.doctor import clock, configuration, database, proxy, services

CHECKS: dict[str, Callable[[], str]] = {
    "settings": configuration.ask_settings,
    "static files": configuration.ask_static_files,
    "database": database.ask_database,
    "migrations": database.ask_migrations,
    "time-outs": database.ask_timeouts,
    "pooler": database.ask_pooler,
    "counters": services.ask_shared_counters,
    "storage": services.ask_writable_storage,
    "mail": services.ask_mail,
    "housekeeping": services.ask_housekeeping,
    "certificates": proxy.ask_certificates,
    "proxy": proxy.ask_proxy,
    "clock": clock.ask_clock,
}
