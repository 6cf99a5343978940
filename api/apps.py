"""The Django app of what all of /v1 shares; oauth and projects are apps of their own."""

from django.apps import AppConfig


class APIConfig(AppConfig):
    name = "api"
    verbose_name = "API"
