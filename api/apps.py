"""The API under /v1."""

from django.apps import AppConfig


class APIConfig(AppConfig):
    """The app."""

    name = "api"
    verbose_name = "API"
