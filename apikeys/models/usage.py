"""How much keys are used, by whom, and who was not let in. What callers sent is kept, contents never are."""

from django.db import models

from apikeys.models.keys import APIKey

ADDRESS_LENGTH = 45  # of an IPv6 address in full


class UsagePeriod(models.TextChoices):
    """How long a row of counts is: by the hour for the near past, by the day for the years."""

    HOUR = "hour", "Hour"
    DAY = "day", "Day"


class Outcome(models.TextChoices):
    """What an answer's status stands for: the names are those of `GET /v1/api-keys/{id}/usage`."""

    OK = "ok", "Succeeded"
    REFUSED = "refused", "Refused (401, 403)"
    LIMITED = "limited", "Over the limit (429)"
    INVALID = "invalid", "Not valid (other 4xx)"
    FAILED = "failed", "Failed (5xx)"


class TryReason(models.TextChoices):
    """Why a request that named a key was not let in."""

    WRONG_SECRET = "wrong_secret", "Wrong secret"
    REPLACED = "replaced", "Replaced secret"
    EXPIRED = "expired", "Key expired"
    DISABLED = "disabled", "Key disabled"
    ENDED = "ended", "Key deleted or revoked"


class APIKeyUsage(models.Model):
    """How many requests a key made in one hour or day, by route, method and outcome."""

    key = models.ForeignKey(APIKey, on_delete=models.CASCADE, related_name="usage")
    period = models.CharField(max_length=4, choices=UsagePeriod)
    at = models.DateTimeField(help_text="When the hour or day begins, in UTC.")
    route = models.CharField(max_length=120, blank=True, help_text="A pattern such as /v1/projects/{id}.")
    method = models.CharField(max_length=10, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    requests = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "API key usage"
        constraints = (
            models.UniqueConstraint(
                fields=["key", "period", "at", "route", "method", "outcome"], name="apikeyusage_unique"
            ),
        )
        indexes = (models.Index(fields=["period", "at"], name="apikeyusage_by_age"),)

    def __str__(self) -> str:
        return f"{self.requests} at {self.at:%Y-%m-%d %H}:00"


class _Tally(models.Model):
    """What rows of a day that count have in common. `is_rest`: the sum of those beyond the bound."""

    day = models.DateField()
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    is_rest = models.BooleanField(default=False)
    requests = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.requests} from {self.address or 'others'} on {self.day}"


class APIKeyCaller(_Tally):
    """Who used a key on one day: at most 50 rows for a key and day, the rest summed up in one."""

    key = models.ForeignKey(APIKey, on_delete=models.CASCADE, related_name="callers")
    public_id = models.CharField(max_length=12, help_text="Of the secret that was used.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key", "day", "public_id", "address", "agent", "is_rest"], name="apikeycaller_unique"
            ),
        )
        indexes = (models.Index(fields=["day"], name="apikeycaller_by_age"),)


class APIKeyTry(_Tally):
    """Who was not let in with a key on one day: bounded as callers are, for each reason by itself."""

    key = models.ForeignKey(APIKey, on_delete=models.CASCADE, related_name="tries")
    reason = models.CharField(max_length=20, choices=TryReason)

    class Meta:
        verbose_name_plural = "API key tries"
        constraints = (
            models.UniqueConstraint(
                fields=["key", "day", "reason", "address", "agent", "is_rest"], name="apikeytry_unique"
            ),
        )
        indexes = (models.Index(fields=["day"], name="apikeytry_by_age"),)


class APIKeyRequestBatch(models.Model):
    """Requests of a key that were written at once, of its newest 100, for 7 days."""

    key = models.ForeignKey(APIKey, on_delete=models.CASCADE, related_name="request_batches", db_index=False)
    at = models.DateTimeField(help_text="Of the newest.")
    count = models.PositiveSmallIntegerField()
    requests = models.TextField(help_text="JSON, oldest first; apikeys.usage.single_requests has its fields.")

    class Meta:
        verbose_name_plural = "API key request batches"
        indexes = (
            models.Index(fields=["key", "-id"], name="apikeyrequestbatch_newest"),
            models.Index(fields=["at"], name="apikeyrequestbatch_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.count} until {self.at}"


class APIKeyRequest(models.Model):
    """One request, as the release before writes it: read while it is young, and gone a release later."""

    key = models.ForeignKey(
        APIKey, on_delete=models.CASCADE, related_name="requests", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    method = models.CharField(max_length=10)
    route = models.CharField(max_length=120)
    status = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    public_id = models.CharField(max_length=12)
    request_id = models.CharField(max_length=32)

    class Meta:
        indexes = (
            models.Index(fields=["key", "-id"], name="apikeyrequest_newest"),
            models.Index(fields=["at"], name="apikeyrequest_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
