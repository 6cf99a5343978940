"""The rules about registered apps. Pages, the admin and commands call these."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import NOBODY, Client
from accounts.web.one_time_forms import refuse_used_form
from api.oauth.models import Application, Grant
from api.oauth.redirect_uris import clean_redirect_uris
from api.oauth.services import mails
from api.oauth.services.app_rows import locked_app, log_app
from api.oauth.services.app_validation import clean_app_name, clean_description, clean_scopes, clean_website
from api.oauth.services.client_secrets import make_secret
from apikeys.scopes import Scope
from apikeys.services import revoke_keys_made_by

MAX_APPS = 25
TOO_MANY = f"You have {MAX_APPS} apps, which is the most. Delete one that is not used any more."
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
    form_id: str | None = None,
    may_create: bool = True,
    client: Client = NOBODY,
) -> tuple[Application, str | None]:
    """Register an app; return (app, raw client secret, None for a public one). Show the secret once.

    `redirect_uris`: one a line. One `form_id` makes one app, however often it is sent. `may_create`:
    whether the caller has signed in recently.
    Raises ValidationError with a dict by parameter; FormUsed; NeedsRecentSignIn.
    """
    User.objects.select_for_update().only("pk").get(pk=owner.pk)
    refuse_used_form(Application.objects.filter(user=owner), form_id)
    if not may_create:
        raise NeedsRecentSignIn
    if not has_room(owner):
        raise ValidationError(TOO_MANY)
    client_type = Application.CLIENT_PUBLIC if is_public else Application.CLIENT_CONFIDENTIAL
    application = Application(user=owner, client_type=client_type, form_id=form_id)
    _set_values(application, name, redirect_uris, scopes, website, description)
    application.save()
    raw_secret = None if is_public else make_secret(application, form_id)
    security_log.record(
        owner, Event.APP_CREATED, client, credential=application.client_id, name=application.name
    )
    return application, raw_secret


def has_room(owner: User) -> bool:
    """True while the owner may have one more app."""
    return bool(Application.objects.filter(user=owner).count() < MAX_APPS)


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
    """Change what the owner may; codes for a redirect URI that goes are dead. Raises ValidationError.

    What staff verified it as, it is no more with another name, website or redirect URI.
    """
    application = locked_app(application)
    before = {field: getattr(application, field) for field in _FIELDS}
    _set_values(application, name, redirect_uris, scopes, website, description)
    changed = [field for field in _FIELDS if getattr(application, field) != before[field]]
    if application.verified_at is not None and _VERIFIED_FIELDS & set(changed):
        application.verified_at = None
        changed.append("verified_at")
    if changed:
        application.save()
        log_app(application, Event.APP_CHANGED, client, changed=changed)
    if "redirect_uris" in changed:
        mails.send_redirects_changed(application, client, before["redirect_uris"].split())
    return application


def changes_redirects(application: Application, redirect_uris: str) -> bool:
    """Whether a text would change where codes may be sent: that needs a recent sign-in."""
    return set(redirect_uris.split()) != set(application.redirect_uri_list)


def widens(application: Application, scopes: Iterable[str]) -> bool:
    """Whether the app could ask for more with these scopes than now."""
    return not set(scopes) <= application.scopes


@transaction.atomic
def set_disabled(
    application: Application,
    *,
    disabled: bool,
    by_staff: bool = False,
    reason: str = "",
    client: Client = NOBODY,
) -> None:
    """Stop an app, or let it go on; its tokens answer 401 from the next request, its grants stay.

    `reason`: what staff tell its owner.
    Raises ValidationError when the owner would undo what staff did.
    """
    application = locked_app(application)
    if not disabled and application.disabled_by_staff and not by_staff:
        raise ValidationError("Craft's staff disabled this app. Write to support to have it back.")
    staff_hold = disabled and (by_staff or application.disabled_by_staff)
    if (disabled, staff_hold) == (application.disabled_at is not None, application.disabled_by_staff):
        return
    application.disabled_at = (application.disabled_at or timezone.now()) if disabled else None
    application.disabled_by_staff = staff_hold
    application.save(update_fields=["disabled_at", "disabled_by_staff"])
    why = {"reason": reason} if reason else {}
    log_app(
        application,
        Event.APP_CHANGED,
        client,
        changed=["disabled"],
        disabled=disabled,
        by_staff=by_staff,
        **why,
    )


@transaction.atomic
def set_admin_enabled(application: Application, *, enabled: bool) -> None:
    """Let an app ask for admin, or no more: its tokens lose it at once. For staff only."""
    application = locked_app(application)
    if application.admin_enabled == enabled:
        return
    application.admin_enabled = enabled
    application.save(update_fields=["admin_enabled"])
    log_app(application, Event.APP_CHANGED, NOBODY, changed=["admin"], allowed=enabled, by_staff=True)


@transaction.atomic
def set_verified(application: Application, *, verified: bool) -> None:
    """Say to everybody who is asked that Craft's staff know whose app this is, or no more. For staff only."""
    application = locked_app(application)
    if (application.verified_at is not None) == verified:
        return
    application.verified_at = timezone.now() if verified else None
    application.save(update_fields=["verified_at"])
    log_app(application, Event.APP_CHANGED, NOBODY, changed=["verified"], verified=verified, by_staff=True)


@transaction.atomic
def delete_app(application: Application, client: Client = NOBODY) -> None:
    """Delete an app with its grants, codes and tokens; one that is gone already is left at that."""
    # From the first line on new consents wait for us, from the second on exchanges and refreshes, from the
    # third on whatever else points to the app. None of them holds what we still wait for.
    rows = Application.objects.filter(pk=application.pk).values_list("pk")
    if not rows.select_for_update(no_key=True):
        return
    grants = Grant.objects.select_for_update().filter(application=application).order_by("pk")
    for (grant_id,) in grants.values_list("uid"):
        revoke_keys_made_by(grant_id)
    list(rows.select_for_update())
    log_app(application, Event.APP_DELETED, client)
    application.delete()


_FIELDS = ("name", "redirect_uris", "allowed_scope", "website", "description")
_VERIFIED_FIELDS = {"name", "redirect_uris", "website"}


def _set_values(
    application: Application,
    name: str,
    redirect_uris: str,
    scopes: Iterable[str],
    website: str,
    description: str,
) -> None:
    """Check all values and set them. Raises ValidationError with a dict by parameter."""
    errors: dict[str, list[str]] = {}

    def checked(parameter: str, field: str, check: Callable[[], str]) -> None:
        try:
            setattr(application, field, check())
        except ValidationError as error:
            errors[parameter] = error.messages

    may_admin = application.admin_enabled
    checked("name", "name", lambda: clean_app_name(name))
    checked("redirect_uris", "redirect_uris", lambda: "\n".join(clean_redirect_uris(redirect_uris)))
    checked("scopes", "allowed_scope", lambda: clean_scopes(scopes, admin_enabled=may_admin))
    checked("website", "website", lambda: clean_website(website))
    checked("description", "description", lambda: clean_description(description))
    if errors:
        raise ValidationError(errors)
