"""People: sign-in, settings, the security log."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app."""

    name = "accounts"

    def ready(self) -> None:
        """Listen to what allauth says happened, to log it."""
        from accounts import receivers  # noqa: F401  importing connects them
