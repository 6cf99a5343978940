"""The project as a Django app: commands over all of Craft, and checks of its settings."""

from django.apps import AppConfig
from django.conf import settings


class CraftConfig(AppConfig):
    name = "craft"

    def ready(self) -> None:
        """Have `check --deploy` and `doctor` look at the settings; report errors, if that is set."""
        from craft import system_checks  # noqa: F401  importing registers them

        if settings.SENTRY_DSN:
            from craft import error_reports

            error_reports.start(settings.SENTRY_DSN, settings.WEB_HOST)
