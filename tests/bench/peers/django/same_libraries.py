"""Bare Django that has imported what Craft imports: the names are in the file LIBRARIES."""

import importlib
import json
import os
from contextlib import suppress
from pathlib import Path

from tests.bench.peers.django import settings

settings.INSTALLED_APPS += [
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
settings.MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # without which allauth does not start

from tests.bench.peers.django.wsgi import application

__all__ = ["application"]

for name in json.loads(Path(os.environ["LIBRARIES"]).read_text()):
    with suppress(Exception):  # a few take settings that only Craft has
        importlib.import_module(name)
