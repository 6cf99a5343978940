"""The log of what happened to people's accounts."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.events import Event
from accounts.models.users import User
from accounts.utils.ids import new_id


def new_activity_id() -> str:
    """A fresh `act_…` id; the default of Activity.uid, so migrations name it."""
    return new_id("act")


class Activity(models.Model):
    """One line of a person's security log. Never holds a secret; `credential` is a public id."""

    uid = models.CharField(max_length=40, default=new_activity_id, editable=False)
    # Without an index of its own: two below begin with it, and have the lines in order.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activity", db_index=False)
    event = models.CharField(max_length=30, choices=Event)
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    credential = models.CharField(
        max_length=60, blank=True, help_text="Public id of the key or app concerned."
    )
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "activity"
        constraints = (models.UniqueConstraint(fields=["uid"], name="activity_uid_unique"),)
        indexes = (
            models.Index(fields=["user", "-at", "-id"], name="activity_by_user"),
            models.Index(fields=["user", "event", "-at", "-id"], name="activity_by_user_event"),
            models.Index(fields=["at"], name="activity_by_age"),
            # What staff search by.
            models.Index(fields=["credential"], name="activity_by_credential", condition=~Q(credential="")),
            models.Index(fields=["ip"], name="activity_by_ip", condition=Q(ip__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"
