"""People: sign-in, settings, the security log."""

from allauth.account.signals import user_logged_in
from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.contrib.admin import apps as admin


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with Craft's site; settings name it in the place of `django.contrib.admin`."""

    default = False
    default_site = "accounts.admin_site.StaffSite"


class ListedSessionsConfig(UserSessionsConfig):
    """allauth's list of sessions; settings name it in the place of `allauth.usersessions`."""

    default = False

    def ready(self) -> None:
        """Leave out what looks at each session of a person when they sign in: some have hundreds.

        accounts.signin.receivers lists the new one, and housekeeping clears away what has ended.
        """
        super().ready()
        from allauth.usersessions import signals

        user_logged_in.disconnect(signals.on_user_logged_in)


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"

    def ready(self) -> None:
        """Listen to what allauth says happened, to log it."""
        from accounts.signin import receivers  # noqa: F401  importing connects them
        from accounts.signin.factors import receivers as of_factors  # noqa: F401  likewise
