"""Third-party apps that act for people."""

from django.apps import AppConfig


class OAuthConfig(AppConfig):
    name = "api.oauth"
    label = "oauth"
    verbose_name = "OAuth"
