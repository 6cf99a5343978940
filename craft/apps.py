"""The project as a Django app: commands over all of Craft, and checks of its settings."""

from django.apps import AppConfig


class CraftConfig(AppConfig):
    name = "craft"

    def ready(self) -> None:
        """Have `check --deploy` and `doctor` look at the settings."""
        from craft import system_checks  # noqa: F401  importing registers them
