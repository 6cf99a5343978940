"""One project for all of them: no middleware, kept connections, JSON only. Nothing slows a peer down."""

import os
from urllib.parse import urlsplit

_database = urlsplit(os.environ["DATABASE_URL"])  # postgres://user@/folder/name, by tests/services.py
_folder, _, _name = _database.path.rpartition("/")

SECRET_KEY = "for-the-bench-only"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.bench.peers.django.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_api_key",
    "knox",
    "oauth2_provider",
    "tests.bench.peers.django",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _folder,
        "NAME": _name,
        "USER": _database.username,
        # As Django's documentation advises; a restart of PostgreSQL would else be an error of each thread.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
    }
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_RATES": {"user": "1000000000/min"},
    "UNAUTHENTICATED_USER": None,
}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
