"""People: their accounts, and what ends with them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.utils.ended_log import say_ended
from accounts.utils.guarded_fields import GuardedFields
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


# What switches an account off or on.
SWITCHES = ("is_active", "closing_at")
SWITCHED_OFF = "account_off"  # in the log of what ended
# The moments that move whenever it is switched: what is older is over.
ACCESS_ENDS = ("credentials_valid_after", "oauth_valid_after")
# All that a call of /v1 reads of whom it acts for, in the one query that judges its credential.
CALLER_FIELDS = ("id", "uid", "email", "name", "plan", "is_active", "closing_at", "credentials_valid_after")


class UserQuerySet(models.QuerySet["User"]):
    """Accounts: switching one off or on ends what acted for it, deleting one takes along what is its own."""

    TRIES = 5
    # What the rooms above lock of these people's before anything goes, as their requests do it. Each is
    # called with their primary keys.
    lock_first: ClassVar[list[Callable[[list[int]], object]]] = []

    def update(self, **changes: Any) -> int:
        """Where an account is switched off or on, move the moments that end access (see User.save)."""
        if changes.get("is_active") is False:
            for uid in self.filter(is_active=True).values_list("uid", flat=True):
                say_ended(SWITCHED_OFF, account=uid)
        if same := {name: changes[name] for name in SWITCHES if name in changes}:
            now = Value(timezone.now())
            ends = {name: Case(When(**same, then=F(name)), default=now) for name in ACCESS_ENDS}
            changes = {**ends, **changes}
        return super().update(**changes)

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


class LowerCaseEmailField(models.EmailField):
    """An e-mail address, lower case however it reaches the database: saved, in bulk, as what is looked for.

    Lower case is Python's on every database, which leaves a long s alone: it is another letter than s.
    """

    def get_prep_value(self, value: Any) -> Any:
        """The address as it is stored."""
        prepared = super().get_prep_value(value)
        return prepared.lower() if isinstance(prepared, str) else prepared


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address. Raises User.DoesNotExist."""
        return self.get(email=username)


class User(GuardedFields, AbstractBaseUser, PermissionsMixin):
    """A person with an account. Signs in by e-mail address; `uid` is the public id."""

    guarded = (*SWITCHES, "is_staff", "is_superuser", *ACCESS_ENDS)

    uid = models.CharField(max_length=40, default=new_user_id, editable=False)
    email = LowerCaseEmailField()
    name = models.CharField(max_length=100, blank=True)
    plan = models.CharField(max_length=20, choices=Plan, default=Plan.FREE)
    is_active = models.BooleanField(default=True, help_text="Off: sign-in and every credential end at once.")
    is_staff = models.BooleanField(default=False, help_text="May open the Django admin.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    time_zone = models.CharField(
        max_length=64, default="UTC", db_default="UTC", editable=False, help_text="In which pages show times."
    )
    mails_about_expiry = models.BooleanField(
        default=True, editable=False, help_text="Whether mails say that API keys are about to expire."
    )
    oauth_valid_after = models.DateTimeField(
        null=True, editable=False, help_text="Codes and tokens of apps from before this moment are dead."
    )

    closing_at = models.DateTimeField(
        null=True, editable=False, help_text="When its owner closed it: nothing acts for it from then on."
    )
    credentials_valid_after = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the account was last switched off or on. Sessions, codes and tokens from before are "
        "dead, and keys disabled until they are enabled one by one.",
    )

    factors_end_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the reset of second factors that staff asked for takes effect.",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="user_uid_unique"),
            models.UniqueConstraint(
                fields=["email"],
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
        """Every path stores the address in lower case, also those that skip clean().

        And whichever path switches an account off or on ends for good what acted for it.
        """
        self.email = self.email.strip().lower()
        named = kwargs.get("update_fields")
        written = [name for name in SWITCHES if named is None or name in named]
        if not self._state.adding and any(self.is_changed(name) for name in written):
            self.credentials_valid_after = self.oauth_valid_after = timezone.now()
            if named is not None:
                kwargs["update_fields"] = {*named, *ACCESS_ENDS}
            if not self.is_active:
                say_ended(SWITCHED_OFF, account=self.uid)
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session holds and every request compares: Django's, of the password, and the moment.

        A session from before `credentials_valid_after` is therefore none any more, however it was ended.
        """
        of_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # Django's own, without a type
        if self.credentials_valid_after is None:
            return of_password
        moment = f"{of_password}{self.credentials_valid_after.timestamp()}"
        return salted_hmac("accounts.User.session", moment, secret=secret, algorithm="sha256").hexdigest()

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """As UserQuerySet.delete does it."""
        return UserQuerySet(type(self)).filter(pk=self.pk).delete()

    @property
    def may_act(self) -> bool:
        """Whether anything may act for the account, or be let in to it."""
        return self.is_active and self.closing_at is None

    def get_full_name(self) -> str:
        """The name to show; the part before @ while there is none."""
        return self.name or self.email.partition("@")[0]

    get_short_name = get_full_name
