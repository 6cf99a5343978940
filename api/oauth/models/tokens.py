"""Codes and tokens: only their SHA-256 is kept.

`authorized_at` is the moment of the consent screen that a token goes back to; a refresh hands it on.
It bounds a family's life, and a user's `oauth_valid_after` ends all that began before it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from api.oauth.models.grants import Grant


class AuthorizationCode(AbstractGrant):
    """A code (RFC 6749, section 1.3.1). `code` holds its SHA-256 in hex."""

    nonce = None
    claims = None
    resource = None

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="codes")
    used_at = models.DateTimeField(null=True)
    token_family = models.UUIDField(null=True, help_text="What the first use got; a replay ends it.")

    class Meta(AbstractGrant.Meta):
        pass


class AccessToken(AbstractAccessToken):
    """An access token. `token` stays empty, `token_checksum` is its SHA-256 in hex.

    A spent or expired row stays as long as the refresh token that it came with: it leads to its family.
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens")
    authorized_at = models.DateTimeField()
    token_family = models.UUIDField(db_index=True, editable=False)

    class Meta(AbstractAccessToken.Meta):
        pass


class RefreshToken(AbstractRefreshToken):
    """A refresh token. `rotated_at`: when it was spent; null while live or when it was revoked instead."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")
    authorized_at = models.DateTimeField()
    token_family = models.UUIDField(editable=False)
    scope = models.CharField(max_length=60)
    rotated_at = models.DateTimeField(null=True)

    class Meta(AbstractRefreshToken.Meta):
        pass

    @property
    def expires_at(self) -> datetime:
        """Unused, 30 days after it was made; at the latest 90 days after the consent."""
        idle: datetime = self.created + timedelta(seconds=settings.REFRESH_TOKEN_IDLE_SECONDS)
        return min(idle, self.authorized_at + timedelta(seconds=settings.REFRESH_TOKEN_MAX_SECONDS))


class IDToken(AbstractIDToken):
    """Not used. It is here because an access token cannot be swapped without it."""

    class Meta(AbstractIDToken.Meta):
        pass
