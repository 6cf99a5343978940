"""Database connections that are kept from one request to the next.

Django looks at them by signals, at the start and at the end of each request: 36 µs, a tenth of a call to /v1.
A server looks once, at the start, and closely only where a statement has failed. There is one database.
"""

from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections, reset_queries


def take_over() -> None:
    """Leave it to `look_after` from now on. Not with DEBUG, where Django also keeps what was asked."""
    if settings.DEBUG:
        return
    request_started.disconnect(reset_queries)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)  # of which ours has nothing to close
    request_finished.disconnect(reset_urlconf)  # which nobody sets (craft.wsgi)


def look_after() -> None:
    """Close what a request before has broken; the first query of a page asks whether the rest answers."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()
    connection.health_check_done = False  # type: ignore[attr-defined]  # the stubs lack it
