"""A person's consent: the one row that codes, tokens and pages go by."""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.utils.ids import new_id
from api.oauth.models.applications import Application
from apikeys.scopes import Scope


def new_grant_id() -> str:
    """A fresh `grant_…` id; the default of Grant.uid, so migrations name it."""
    return new_id("grant")


class Grant(models.Model):
    """What a person lets an app do for them. Deleting it takes every code and token of it along."""

    uid = models.CharField(max_length=40, default=new_grant_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="grants")
    scope = models.CharField(max_length=60)
    hosts = models.TextField(
        blank=True,
        default="",
        help_text="Where the person agreed to be sent back to.",
    )
    granted_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="grant_uid_unique"),
            models.UniqueConstraint(fields=["user", "application"], name="grant_user_app_unique"),
        )

    def __str__(self) -> str:
        return self.uid

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the person gave, whatever the app may ask for meanwhile."""
        return frozenset(Scope(name) for name in self.scope.split())

    def covers(self, scopes: Iterable[str], host: str) -> bool:
        """Whether the person agreed to all of this: what the app may do, and where answers go."""
        return self.scopes.issuperset(scopes) and host in self.hosts.split()
