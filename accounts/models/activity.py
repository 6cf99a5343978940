"""The log of what happened to people's accounts: written to, never changed (see ActivityQuerySet)."""

from datetime import datetime
from typing import Any, Never

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.events import Event
from accounts.models.users import User
from accounts.utils.batches import delete_in_batches
from accounts.utils.ids import new_id


def new_activity_id() -> str:
    """A fresh `act_…` id; the default of Activity.uid, so migrations name it."""
    return new_id("act")


class LogIsAppendOnly(TypeError):
    """Something would have changed or deleted lines of the security log."""

    def __init__(self) -> None:
        super().__init__("The security log is written to, and never changed.")


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Lines of the log. Three things alone change them, by name: `count_tries`, `delete_before` and
    `delete_of`.

    With an account all that is its own goes, its log too: the database's cascade, not this.
    """

    def count_tries(self, line: "Activity", tries: int) -> None:
        """Say in a line about wrong passwords how many there were: an hour of a network is one line."""
        line.details = {**line.details, "tries": tries}
        self.filter(pk=line.pk, event=Event.LOGIN_FAILED)._change(details=line.details)

    def delete_before(self, moment: datetime) -> int:
        """The clean-up: delete what is older, and return how many lines went."""
        return delete_in_batches(self.filter(at__lt=moment), delete=models.QuerySet.delete)

    def delete_of(self, user: User) -> None:
        """The end of an account, before the account itself: its log, which may be long."""
        delete_in_batches(self.filter(user=user), delete=models.QuerySet.delete)

    def _change(self, **changes: Any) -> int:
        return super().update(**changes)

    def update(self, **changes: Any) -> Never:
        raise LogIsAppendOnly

    def delete(self) -> Never:
        raise LogIsAppendOnly

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Write many lines; none that is there already gives way."""
        if args or set(kwargs) - {"batch_size"}:
            raise LogIsAppendOnly
        return super().bulk_create(objs, **kwargs)


class Activity(models.Model):
    """One line of a person's security log. Never holds a secret.

    `credential` is the public id of what it is about, `acting` (with `acting_id` and the name at the time)
    what it was done with: see ActingCredential. Lines from before that was kept have none.
    """

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
    acting = models.CharField(max_length=10, blank=True, default="", db_default="")
    acting_id = models.CharField(max_length=60, blank=True, default="", db_default="")
    acting_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    details = models.JSONField(default=dict)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activity"
        base_manager_name = "objects"  # so that no way round it is open by accident
        constraints = (models.UniqueConstraint(fields=["uid"], name="activity_uid_unique"),)
        indexes = (
            models.Index(fields=["user", "-at", "-id"], name="activity_by_user"),
            models.Index(fields=["user", "event", "-at", "-id"], name="activity_by_user_event"),
            models.Index(
                fields=["user", "acting", "acting_id", "-at", "-id"], name="activity_by_user_acting"
            ),
            models.Index(fields=["user", "ip", "-at", "-id"], name="activity_by_user_ip"),
            models.Index(fields=["at"], name="activity_by_age"),
            # What staff search by.
            models.Index(fields=["credential"], name="activity_by_credential", condition=~Q(credential="")),
            models.Index(fields=["ip"], name="activity_by_ip", condition=Q(ip__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"

    def save(self, **kwargs: Any) -> None:
        """Write a new line. Raises LogIsAppendOnly for one that is there."""
        if not self._state.adding:
            raise LogIsAppendOnly
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise LogIsAppendOnly
