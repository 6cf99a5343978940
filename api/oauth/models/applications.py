"""Registered clients and their secrets."""

from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from accounts.utils.ids import new_id
from api.oauth.redirect_uris import is_registered
from apikeys.scopes import Scope
from apikeys.tokens import Kind, shown_id


def new_app_id() -> str:
    """A fresh `app_…` id, which is also the client id."""
    return new_id("app")


class Application(AbstractApplication):
    """A registered client; "app" on pages. `user` is its owner, `client_id` its public id.

    The columns of django-oauth-toolkit that would be a second way to do a thing, or a way to do what
    Craft does not (its own secret, OpenID, skipping consent), are taken out.
    """

    client_secret = None
    hash_client_secret = None
    skip_authorization = None
    algorithm = None
    allowed_origins = None
    post_logout_redirect_uris = None
    registration_source = None
    cimd_expires_at = None

    client_id = models.CharField(max_length=40, unique=True, default=new_app_id, editable=False)
    name = models.CharField(max_length=100)
    website = models.URLField(blank=True, max_length=300)
    description = models.CharField(blank=True, max_length=500)
    allowed_scope = models.CharField(max_length=60, help_text="Scopes the app may ask for.")
    admin_enabled = models.BooleanField(default=False, help_text="Staff allow this app to ask for admin.")
    verified_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When staff found that it is what it says. A new name, website or redirect URI ends that.",
    )
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_by_staff = models.BooleanField(default=False, editable=False)
    form_id = models.CharField(  # noqa: DJ001  null keeps apps without a form out of the constraint
        max_length=40, null=True, editable=False, help_text="The sent form that made it: one form, one app."
    )

    class Meta(AbstractApplication.Meta):
        verbose_name = "app"
        constraints = (models.UniqueConstraint(fields=["user", "form_id"], name="application_form_unique"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every app has the one grant type that begins with a person."""
        self.authorization_grant_type = self.GRANT_AUTHORIZATION_CODE
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The rules are in api.oauth.services.applications; the library's own check the columns taken out."""

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749, section 2.1): PKCE alone identifies it."""
        return bool(self.client_type == self.CLIENT_PUBLIC)

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may ask for now; admin only once staff have enabled it."""
        return effective_scopes(self.allowed_scope, admin_enabled=self.admin_enabled)

    @property
    def redirect_uri_list(self) -> list[str]:
        """The registered redirect URIs."""
        return list(self.redirect_uris.split())

    @property
    def shown_website(self) -> str:
        """The website without what nobody reads of it: its scheme, and a slash at its end."""
        return str(self.website).partition("://")[2].rstrip("/")

    @property
    def website_host(self) -> str:
        """The host of the website, to be judged by; "" when there is none."""
        return urlsplit(str(self.website)).hostname or ""

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Whether the requested redirect URI is a registered one."""
        return is_registered(uri, self.redirect_uri_list)

    def is_usable(self, request: Any = None) -> bool:
        """Whether it may do anything at all: enabled, and its owner's account is active and not closing."""
        return self.disabled_at is None and self.user is not None and self.user.may_act


def effective_scopes(allowed_scope: str, *, admin_enabled: bool) -> frozenset[Scope]:
    """Stored scopes as a set, without admin unless it is enabled."""
    scopes = frozenset(Scope(name) for name in allowed_scope.split())
    return scopes if admin_enabled else scopes - {Scope.ADMIN}


class ClientSecret(models.Model):
    """What is kept of a client secret: its public id and SHA-256. An app has two at most."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="secrets")
    public_id = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    form_id = models.CharField(  # noqa: DJ001  null keeps secrets without a form out of the constraint
        max_length=40, null=True, help_text="The sent form that made it: one form, one secret."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="clientsecret_public_id_unique"),
            models.UniqueConstraint(fields=["application", "form_id"], name="clientsecret_form_unique"),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def shown_id(self) -> str:
        """`craft_ocs_<public id>`."""
        return shown_id(Kind.CLIENT_SECRET, self.public_id)


class FailedTokenRequest(models.Model):
    """A token request that an app's developer may want to understand. Never holds what was sent."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="failed_requests")
    at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["application", "-at"], name="failedrequest_by_app"),
            models.Index(fields=["at"], name="failedrequest_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.error} {self.at:%Y-%m-%d %H:%M}"
