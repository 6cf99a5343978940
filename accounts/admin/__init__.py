"""People and their activity in the Django admin. No password, hash or session key is shown or edited here."""

# Imported so that what they register is there to be taken out below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401  for what it registers
import django.contrib.auth.admin  # noqa: F401  likewise
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin.activity import ActivityAdmin
from accounts.admin.mails import QueuedMailAdmin
from accounts.admin.users import UserAdmin

__all__ = ["ActivityAdmin", "QueuedMailAdmin", "UserAdmin"]

# Sessions' keys and factors are secrets, addresses belong to their owners, and nothing is decided by groups.
admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])
