"""Browsers that skip the second step for a while (accounts.signin.factors.trust)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.users import User


class TrustedBrowser(models.Model):
    """A browser that its owner trusts. Its cookie alone, or this row alone, lets nobody skip anything."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trusted_browsers")
    # The second in which it was trusted, as its cookie names it too.
    stamp = models.BigIntegerField()
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["created_at"], name="trusted_browser_by_age"),)

    def __str__(self) -> str:
        return self.agent

    @property
    def ends_at(self) -> datetime:
        """Until when it skips the second step."""
        return self.created_at + timedelta(seconds=settings.TRUSTED_BROWSER_SECONDS)
