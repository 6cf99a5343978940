"""People and the log of what happened to their accounts."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.events import Event
from accounts.utils.ids import new_id


def new_user_id() -> str:
    """A fresh `user_…` id; the default of User.uid, so migrations name it."""
    return new_id("user")


class Plan(models.TextChoices):
    """What an account pays for; decides its rate limits."""

    FREE = "free", "Free"
    PRO = "pro", "Pro"
    ENTERPRISE = "enterprise", "Enterprise"
    INTERNAL = "internal", "Internal"


class UserQuerySet(models.QuerySet["User"]):
    """People, who take everything of theirs along when they are deleted."""

    TRIES = 5
    # What the rooms above lock of these people's before anything goes, as their requests do it. Each is
    # called with their primary keys.
    lock_first: ClassVar[list[Callable[[list[int]], object]]] = []

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them with all that is theirs, also while a request of theirs is under way.

        A request that locks its owner (key, file, deployment) is through before or finds nobody. What another
        adds meanwhile, as the exchange of a code does, is seen by its reference to what is deleted here: then
        it is all gathered again. From the last of these deletions on, nothing more can refer to them.
        """
        with transaction.atomic():
            locked = self.select_for_update(no_key=True).order_by("pk")
            people = list(locked.values_list("pk", flat=True))
            for lock in self.lock_first:
                lock(people)
            for tries_left in reversed(range(self.TRIES)):
                try:
                    with transaction.atomic():
                        deleted = super().delete()
                        if connection.features.has_select_for_update:  # else there is one writer at a time
                            connection.check_constraints()
                        return deleted
                except IntegrityError:
                    if not tries_left:
                        raise
        raise AssertionError("unreachable")

    delete.alters_data = True  # type: ignore[attr-defined]  # as Django's: no template calls it
    delete.queryset_only = True  # type: ignore[attr-defined]


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_queryset(self) -> UserQuerySet:
        """What deletes people whole."""
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Signs in by e-mail address; `uid` is the public id."""

    uid = models.CharField(max_length=40, default=new_user_id, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=100, blank=True)
    plan = models.CharField(max_length=20, choices=Plan, default=Plan.FREE)
    is_active = models.BooleanField(default=True, help_text="Off: sign-in and every credential end at once.")
    is_staff = models.BooleanField(default=False, help_text="May open the Django admin.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    oauth_valid_after = models.DateTimeField(
        null=True, editable=False, help_text="Codes and tokens of apps from before this moment are dead."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="user_uid_unique"),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="This e-mail address has an account already.",
            ),
        )

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Keep the address as stored everywhere: lower case."""
        super().clean()
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every path stores the address in lower case, also those that skip clean()."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """As UserQuerySet.delete does it."""
        return UserQuerySet(type(self)).filter(pk=self.pk).delete()

    def get_full_name(self) -> str:
        """The name to show; the part before @ while there is none."""
        return self.name or self.email.partition("@")[0]

    get_short_name = get_full_name


def new_activity_id() -> str:
    """A fresh `act_…` id; the default of Activity.uid, so migrations name it."""
    return new_id("act")


class Activity(models.Model):
    """One line of a person's security log. Never holds a secret; `credential` is a public id."""

    uid = models.CharField(max_length=40, default=new_activity_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activity")
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
            models.Index(fields=["at"], name="activity_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"
