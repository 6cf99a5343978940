"""A key that belongs to somebody, as the docs of djangorestframework-api-key make one; and a project."""

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from rest_framework_api_key.models import AbstractAPIKey, APIKeyManager


class UserKeyManager(APIKeyManager):
    """With the user, in the one query."""

    def get_usable_keys(self):
        return super().get_usable_keys().select_related("user")


class UserKey(AbstractAPIKey):
    """A key of somebody."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    objects = UserKeyManager()


class Key(models.Model):
    """What FastAPI and node look a key up in: a table of one's own, with the digest of a random text."""

    digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"


class Project(models.Model):
    """What Craft's has, for a list of it."""

    uid = models.CharField(max_length=40, unique=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=20, default="active")
    template = models.CharField(max_length=100, null=True)
    preview_url = models.URLField(null=True)
    settings = models.JSONField(default=dict)
    file_count = models.PositiveIntegerField(default=0)
    last_edited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["owner", "-created_at"], name="project_by_owner"),)
