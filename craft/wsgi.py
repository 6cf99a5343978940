"""The WSGI entry point that the server loads, in each of its processes."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craft.settings")

application = get_wsgi_application()

from accounts.mail import sending_thread  # noqa: E402  models load only after the line before
from accounts.utils import kept_connections  # noqa: E402  likewise

kept_connections.take_over()
sending_thread.start()
if settings.METRICS_PORT:
    import_module("craft.metrics.worker").start()
