"""The WSGI entry point that the server loads, in each of its processes."""

import gc
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craft.settings")

django_application = get_wsgi_application()

from accounts.mail import sending_thread  # noqa: E402  models load only after the line before
from accounts.utils import kept_connections  # noqa: E402  likewise


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's, but an answer that is there already goes to the server in one piece: 12 µs less."""
    response: Iterable[bytes] = django_application(environ, start_response)
    if not isinstance(response, HttpResponse):
        return response
    response.close()
    return [response.content]


kept_connections.take_over()
sending_thread.start()
if settings.METRICS_PORT:
    import_module("craft.metrics.worker").start()
# What is loaded stays: to look at all of it takes the garbage collector 50 ms, while callers wait.
gc.collect()
gc.freeze()
