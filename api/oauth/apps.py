"""Third-party apps that act for people."""

from django.apps import AppConfig


class OAuthConfig(AppConfig):
    name = "api.oauth"
    label = "oauth"
    verbose_name = "OAuth"

    def ready(self) -> None:
        """Have the deletion of an account wait for the exchanges under way, not in a circle."""
        from accounts.models import UserQuerySet
        from api.oauth.services.token_families import lock_grants_of

        UserQuerySet.lock_first.append(lock_grants_of)
