"""People: sign-in, settings, the security log."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with Craft's site; settings name it in the place of `django.contrib.admin`."""

    default = False
    default_site = "accounts.admin_site.StaffSite"


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"

    def ready(self) -> None:
        """Listen to what allauth says happened, to log it."""
        from accounts.signin import receivers  # noqa: F401  importing connects them
        from accounts.signin.factors import receivers as of_factors  # noqa: F401
