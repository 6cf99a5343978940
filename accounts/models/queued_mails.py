"""Mails that wait to be sent (accounts.mail)."""

from django.db import models


class QueuedMail(models.Model):
    """A mail that waits to be sent (accounts.mail). Whom it is for and what it says is sealed."""

    sealed = models.TextField(editable=False)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="When it is tried next; while it is sent, when that gave up.")
    tries = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(help_text="When it is dropped: what it carries is of no use then.")
    last_error = models.CharField(max_length=60, blank=True, help_text="Why the last try failed.")

    class Meta:
        indexes = (models.Index(fields=["not_before"], name="queued_mail_by_turn"),)

    def __str__(self) -> str:
        return f"mail {self.pk}"
