"""The rules about registered apps and their secrets. Pages, the admin and commands call these."""

import unicodedata
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from accounts import activity
from accounts.client import NOBODY, Client
from accounts.models import Event, User
from accounts.names import clean_name, name_key
from api.oauth.models import Application, ClientSecret, FailedTokenRequest, Grant
from api.oauth.redirects import clean_redirect_uris
from apikeys.scopes import Scope
from apikeys.services import revoke_keys_made_by
from apikeys.tokens import Kind, generate

MAX_APPS = 25
MAX_SECRETS = 2
FAILURES_KEPT = 20
DEFAULT_SCOPES = (Scope.READ, Scope.WRITE, Scope.DELETE)


@transaction.atomic
def create_app(
    owner: User,
    *,
    name: str,
    redirect_uris: str,
    is_public: bool = False,
    scopes: Iterable[str] = DEFAULT_SCOPES,
    website: str = "",
    description: str = "",
    client: Client = NOBODY,
) -> tuple[Application, str | None]:
    """Register an app; return (app, raw client secret, None for a public one). Show the secret once.

    `redirect_uris`: one a line. Raises ValidationError with a dict by field.
    """
    User.objects.select_for_update().only("pk").get(pk=owner.pk)
    if Application.objects.filter(user=owner).count() >= MAX_APPS:
        raise ValidationError(f"You have {MAX_APPS} apps, which is the most. Delete one that is not used.")
    application = Application(
        user=owner, client_type=Application.CLIENT_PUBLIC if is_public else Application.CLIENT_CONFIDENTIAL
    )
    _set_values(application, name, redirect_uris, scopes, website, description)
    application.save()
    raw_secret = None if is_public else _make_secret(application)
    activity.record(owner, Event.APP_CREATED, client, credential=application.client_id, name=application.name)
    return application, raw_secret


@transaction.atomic
def change_app(
    application: Application,
    *,
    name: str,
    redirect_uris: str,
    scopes: Iterable[str],
    website: str = "",
    description: str = "",
    client: Client = NOBODY,
) -> Application:
    """Change what the owner may; codes for a redirect URI that goes are dead. Raises ValidationError."""
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("user").get(pk=application.pk)
    )
    before = {field: getattr(application, field) for field in _FIELDS}
    _set_values(application, name, redirect_uris, scopes, website, description)
    changed = [field for field in _FIELDS if getattr(application, field) != before[field]]
    if changed:
        application.save()
        _log(application, Event.APP_CHANGED, client, changed=changed)
    return application


def changes_redirects(application: Application, redirect_uris: str) -> bool:
    """Whether a text would change where codes may be sent: that needs a recent sign-in."""
    return set(redirect_uris.split()) != set(application.redirect_uri_list)


@transaction.atomic
def set_disabled(
    application: Application, *, disabled: bool, by_staff: bool = False, client: Client = NOBODY
) -> None:
    """Stop an app, or let it go on; its tokens answer 401 from the next request, its grants stay.

    Raises ValidationError when the owner would undo what staff did.
    """
    application.refresh_from_db()
    if not disabled and application.disabled_by_staff and not by_staff:
        raise ValidationError("Craft's staff disabled this app. Write to support to have it back.")
    application.disabled_at = timezone.now() if disabled else None
    application.disabled_by_staff = disabled and (by_staff or application.disabled_by_staff)
    application.save(update_fields=["disabled_at", "disabled_by_staff"])
    _log(application, Event.APP_CHANGED, client, changed=["disabled"], disabled=disabled, by_staff=by_staff)


@transaction.atomic
def delete_app(application: Application, client: Client = NOBODY) -> None:
    """Delete an app with its grants, codes and tokens."""
    # Locked in the order in which exchanges lock: what they make meanwhile goes too.
    for (grant_id,) in Grant.objects.select_for_update().filter(application=application).values_list("uid"):
        revoke_keys_made_by(grant_id)
    _log(application, Event.APP_DELETED, client)
    application.delete()


@transaction.atomic
def add_secret(application: Application, client: Client = NOBODY) -> str:
    """Make a second live secret; return it in clear. Raises ValidationError: public app, two already."""
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("user").get(pk=application.pk)
    )
    if application.is_public:
        raise ValidationError("A public app has no secret: PKCE takes its place.")
    if application.secrets.count() >= MAX_SECRETS:
        raise ValidationError("There are two secrets already. Drop the one that is not used any more.")
    raw_secret = _make_secret(application)
    _log(application, Event.SECRET_CREATED, client)
    return raw_secret


@transaction.atomic
def drop_secret(secret: ClientSecret, client: Client = NOBODY) -> None:
    """End a secret at once. Without any, the app cannot authenticate."""
    if ClientSecret.objects.filter(pk=secret.pk).delete()[0]:
        _log(secret.application, Event.SECRET_DROPPED, client, public_id=secret.public_id)


def note_failure(application: Application | None, error: str, reason: str, client: Client) -> None:
    """Keep the last failed token requests of an app, so that its developer can help themselves."""
    if application is None:
        return
    FailedTokenRequest.objects.create(
        application=application, error=error[:40], reason=reason[:200], ip=client.ip, user_agent=client.agent
    )
    kept = FailedTokenRequest.objects.filter(application=application).order_by("-pk")
    oldest = kept.values_list("pk", flat=True)[FAILURES_KEPT - 1 : FAILURES_KEPT].first()
    if oldest is not None:
        FailedTokenRequest.objects.filter(application=application, pk__lt=oldest).delete()


def clean_app_name(name: str) -> str:
    """A name that does not pass for Craft's own. Raises ValidationError."""
    name = clean_name(name)
    bare = "".join(c for c in name_key(name) if unicodedata.category(c)[0] in "LN")
    if bare.startswith("craft"):
        raise ValidationError("An app's name cannot begin with Craft: people would take it for ours.")
    return name


_FIELDS = ("name", "redirect_uris", "allowed_scope", "website", "description")


def _set_values(
    application: Application,
    name: str,
    redirect_uris: str,
    scopes: Iterable[str],
    website: str,
    description: str,
) -> None:
    """Check all fields and set them. Raises ValidationError with a dict by field."""
    errors: dict[str, list[str]] = {}

    def checked(field: str, check: Callable[[], str]) -> None:
        try:
            setattr(application, field, check())
        except ValidationError as error:
            errors[field] = error.messages

    checked("name", lambda: clean_app_name(name))
    checked("redirect_uris", lambda: "\n".join(clean_redirect_uris(redirect_uris)))
    checked("allowed_scope", lambda: _clean_scopes(application, scopes))
    checked("website", lambda: _clean_website(website))
    checked("description", lambda: _clean_description(description))
    if errors:
        raise ValidationError(errors)


def _clean_scopes(application: Application, scopes: Iterable[str]) -> str:
    wanted = set(scopes)
    if not wanted:
        raise ValidationError("Choose at least one scope.")
    if wanted - set(Scope):
        raise ValidationError(f"Scopes are {', '.join(Scope)}.")
    if Scope.ADMIN in wanted and not application.admin_enabled:
        raise ValidationError("Craft's staff must first allow this app to ask for admin. Write to support.")
    return " ".join(scope for scope in Scope if scope in wanted)


def _clean_website(website: str) -> str:
    website = website.strip()
    if website:
        URLValidator(schemes=["https", "http"], message="Enter a full address such as https://yourapp.com.")(
            website
        )
    return website[:300]


def _clean_description(description: str) -> str:
    text = " ".join(description.split())
    if len(text) > 500:
        raise ValidationError(f"The description has {len(text)} characters. Use at most 500.")
    if any(
        unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in "\u200c\u200d" for c in text
    ):
        raise ValidationError(
            "The description holds a control or invisible character. Type it again without."
        )
    return text


def _make_secret(application: Application) -> str:
    token = generate(Kind.CLIENT_SECRET)
    ClientSecret.objects.create(application=application, public_id=token.public_id, digest=token.digest)
    return token.raw


def _log(application: Application, event: Event, client: Client, **details: object) -> None:
    if application.user is not None:
        activity.record(
            application.user,
            event,
            client,
            credential=application.client_id,
            name=application.name,
            **details,
        )
