"""People: sign-in, settings, the security log."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Listen to what allauth says happened, to log it."""
        from accounts.signin import receivers  # noqa: F401  importing connects them
