"""How often something was tried (accounts.tries)."""

from django.db import models


class TryCount(models.Model):
    """How often something was tried in one window of time. What it was is only here as a keyed digest."""

    kind = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["digest"], name="try_count_digest_unique"),)
        indexes = (models.Index(fields=["ends_at"], name="try_count_by_end"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"
