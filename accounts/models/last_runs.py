"""What runs by itself, and whether it does."""

from django.db import models


class LastRun(models.Model):
    """When a job that runs by itself last came to its end, how long it took, and how much of what it did."""

    job = models.CharField(primary_key=True, max_length=40)
    ended_at = models.DateTimeField()
    seconds = models.FloatField()
    did = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.job
