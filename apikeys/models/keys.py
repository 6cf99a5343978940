"""API keys and their secrets' digests."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.utils.durations import duration_in_words
from accounts.utils.ids import new_id
from apikeys.scopes import Permission
from apikeys.tokens import Kind, shown_id

RESTORABLE_FOR = timedelta(seconds=settings.DELETED_KEY_SECONDS)
RESTORABLE_IN_WORDS = duration_in_words(settings.DELETED_KEY_SECONDS)  # "7 days"


def new_key_id() -> str:
    """A fresh `key_…` id; the default of APIKey.uid, so migrations name it."""
    return new_id("key")


class KeyState(models.TextChoices):
    """What a key is worth right now. Active, disabled and expired keys are live: they can come back."""

    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Disabled"
    EXPIRED = "expired", "Expired"
    DELETED = "deleted", "Deleted"
    REVOKED = "revoked", "Revoked"


class DisabledBy(models.TextChoices):
    """Why a key is disabled. Enabling alone ends it: staff's by staff, the others' by the owner."""

    OWNER = "owner", "Its owner"
    STAFF = "staff", "Staff"
    REACTIVATION = "reactivation", "The account's deactivation"


class APIKeyQuerySet(models.QuerySet["APIKey"]):
    """Queries that pages, commands and the admin share."""

    def live(self) -> "APIKeyQuerySet":
        """Keys that hold their name and count towards the limit."""
        return self.filter(deleted_at=None, revoked_at=None)

    def listed(self, now: datetime) -> "APIKeyQuerySet":
        """Keys that their owner still sees: live ones, and for RESTORABLE_FOR ended ones."""
        since = now - RESTORABLE_FOR
        return self.filter(
            Q(deleted_at=None) | Q(deleted_at__gt=since), Q(revoked_at=None) | Q(revoked_at__gt=since)
        )

    def in_state(self, state: str, now: datetime) -> "APIKeyQuerySet":
        """Keys whose `state_at(now)` is this one."""
        judged = Case(
            When(revoked_at__isnull=False, then=Value(KeyState.REVOKED)),
            When(deleted_at__isnull=False, then=Value(KeyState.DELETED)),
            When(
                Q(disabled_until=None) | Q(disabled_until__gt=now),
                disabled_at__isnull=False,
                then=Value(KeyState.DISABLED),
            ),
            When(
                user__credentials_valid_after__gt=Coalesce("enabled_at", "created_at"),
                then=Value(KeyState.DISABLED),
            ),
            When(expires_at__lte=now, then=Value(KeyState.EXPIRED)),
            default=Value(KeyState.ACTIVE),
        )
        return self.alias(judged_state=judged).filter(judged_state=state)

    def with_public_id(self) -> "APIKeyQuerySet":
        """Each key with its newest secret's public id as `public_id`."""
        newest = APIKeySecret.objects.filter(key=OuterRef("pk")).order_by("-pk").values("public_id")[:1]
        return self.annotate(public_id=Subquery(newest))

    def with_secrets(self) -> "APIKeyQuerySet":
        """Each key with its secrets, without their digests, in one query more: for apikeys.rotation."""
        return self.prefetch_related(Prefetch("secrets", APIKeySecret.objects.defer("digest")))


class APIKey(models.Model):
    """A named credential for one program. Its secret is another row, so that it can be exchanged."""

    uid = models.CharField(max_length=40, default=new_key_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    name_key = models.CharField(
        max_length=400, editable=False, help_text="The name as it counts for uniqueness."
    )
    permission = models.CharField(max_length=20, choices=[(p, p.value.capitalize()) for p in Permission])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_reason = models.CharField(max_length=200, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False, help_text="Since when; null = it is not.")
    disabled_by = models.CharField(max_length=20, choices=DisabledBy, blank=True, editable=False)
    disabled_until = models.DateTimeField(
        null=True, editable=False, help_text="When it comes back by itself; null = when it is enabled."
    )
    disabled_reason = models.CharField(
        max_length=200, blank=True, editable=False, help_text="Staff's; the owner reads it."
    )
    enabled_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was last enabled; null = never since it was made."
    )
    limited_to = models.JSONField(
        null=True, editable=False, help_text="Project ids the key may touch; null = all."
    )
    made_by = models.CharField(max_length=40, blank=True, editable=False)  # an app's grant; "" = a person
    form_id = models.CharField(  # noqa: DJ001  null keeps keys without a form out of the constraint
        max_length=40, null=True, editable=False, help_text="The sent form that made it: one form, one key."
    )
    narrowed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the coach made it read-only; that can be undone for a while.",
    )
    advice_put_aside = models.JSONField(default=list, editable=False, blank=True)
    expiry_notice_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="The last mail about this expiry: days before, 0 = it expired."
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_ip = models.GenericIPAddressField(null=True, editable=False)
    last_used_agent = models.CharField(max_length=200, blank=True, editable=False)

    objects = APIKeyQuerySet.as_manager()
    public_id: str  # set by with_public_id()

    class Meta:
        verbose_name = "API key"
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="apikey_uid_unique"),
            models.UniqueConstraint(
                fields=["user", "name_key"],
                condition=Q(deleted_at=None, revoked_at=None),
                name="apikey_live_name_unique",
            ),
            models.UniqueConstraint(fields=["user", "form_id"], name="apikey_form_unique"),
        )
        indexes = (
            models.Index(
                fields=["deleted_at"], name="apikey_by_deletion", condition=Q(deleted_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.name

    def state_at(self, now: datetime) -> KeyState:
        """The state at a moment; APIKeyQuerySet.in_state() judges alike. Reads the key's user."""
        if self.revoked_at:
            return KeyState.REVOKED
        if self.deleted_at:
            return KeyState.DELETED
        if self.disabled_since_at(now):
            return KeyState.DISABLED
        if self.expires_at and self.expires_at <= now:
            return KeyState.EXPIRED
        return KeyState.ACTIVE

    @property
    def state(self) -> KeyState:
        """What the key is worth at this moment (see state_at)."""
        return self.state_at(timezone.now())

    @property
    def disabled_since(self) -> datetime | None:
        """Since when it is disabled right now (see disabled_since_at)."""
        return self.disabled_since_at(timezone.now())

    def disabled_since_at(self, now: datetime) -> datetime | None:
        """Since when it is disabled at a moment, by somebody or with its account; None when it is not.

        That its account was switched off or on after it was made or last enabled disables a key, without
        a word on its own row: so it holds by whatever path that happened.
        """
        if self.disabled_at and (self.disabled_until is None or self.disabled_until > now):
            return self.disabled_at
        return self._disabled_with_account_since

    @property
    def _disabled_with_account_since(self) -> datetime | None:
        moment: datetime | None = self.user.credentials_valid_after
        return moment if moment and moment > (self.enabled_at or self.created_at) else None

    @property
    def comes_back_at(self) -> datetime | None:
        """When a disabled key works again by itself; None when only enabling it ends that."""
        is_for_a_time = self.disabled_since == self.disabled_at and not self._disabled_with_account_since
        return self.disabled_until if is_for_a_time else None

    @property
    def disabled_for(self) -> DisabledBy:
        """Who or what disabled a disabled key."""
        is_by_somebody = self.disabled_at and self.disabled_since == self.disabled_at
        return DisabledBy(self.disabled_by or DisabledBy.OWNER) if is_by_somebody else DisabledBy.REACTIVATION

    @property
    def is_live(self) -> bool:
        """True while the key holds its name and counts towards the limit: a disabled or expired one too."""
        return self.deleted_at is None and self.revoked_at is None

    @property
    def shown_id(self) -> str:
        """`craft_key_<public id>`; needs with_public_id()."""
        return shown_id(Kind.API_KEY, self.public_id)

    @property
    def restorable_until(self) -> datetime | None:
        """When the undo of a deletion ends; None when it is not deleted."""
        return self.deleted_at + RESTORABLE_FOR if self.deleted_at and not self.revoked_at else None


class APIKeySecret(models.Model):
    """What is kept of a secret: its public id and SHA-256."""

    key = models.ForeignKey(APIKey, on_delete=models.CASCADE, related_name="secrets")
    public_id = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    first_used_at = models.DateTimeField(null=True)
    form_id = models.CharField(  # noqa: DJ001  null keeps secrets without a form out of the constraint
        max_length=40, null=True, help_text="The sent form that made it by a rotation: one form, one secret."
    )
    grace_seconds = models.PositiveIntegerField(
        null=True, help_text="Of one made by a rotation: how long the old one outlives its first use."
    )
    retires_at = models.DateTimeField(
        null=True, help_text="When an exchanged secret stops; null = not before the new one is used."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="apikeysecret_public_id_unique"),
            models.UniqueConstraint(fields=["key", "form_id"], name="apikeysecret_form_unique"),
        )

    def __str__(self) -> str:
        return self.public_id
