"""The rules about a person's consent."""

from collections.abc import Iterable

from django.db import transaction

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.web.client import NOBODY, Client
from api.oauth.models import Application, Grant
from api.oauth.services import mails, token_families
from apikeys.scopes import Scope, in_order
from apikeys.services import revoke_keys_made_by


class NotGranted(Exception):
    """Nobody was asked, and the user does not let the app do this, or no longer."""


@transaction.atomic
def grant_access(
    user: User,
    application: Application,
    scopes: Iterable[str],
    client: Client = NOBODY,
    *,
    host: str = "",
    was_asked: bool = True,
) -> Grant:
    """Write down that the user lets the app do this; what was granted before stays granted.

    `host`: where the answer goes, as redirect_uris.agreed_host says it; "" when nowhere.

    Raises Application.DoesNotExist when the app was deleted meanwhile; NotGranted when the user was not
    asked and it is more than was granted.
    """
    # Consents to an app take turns and wait for its deletion. Exchanges hold no such lock.
    Application.objects.select_for_update(no_key=True).only("pk").get(pk=application.pk)
    grant = token_families.lock_grant(user=user, application=application)
    if not was_asked and (grant is None or not grant.covers(scopes, host)):
        raise NotGranted
    event = Event.GRANT_CREATED if grant is None else Event.GRANT_EXTENDED
    grant = grant or Grant(user=user, application=application)
    before = (grant.scope, grant.hosts)
    grant.scope = " ".join(in_order({*grant.scopes, *scopes}))
    grant.hosts = " ".join(sorted({*grant.hosts.split(), *host.split()}))
    if (grant.scope, grant.hosts) == before:
        return grant
    grant.save()
    security_log.record(
        user,
        event,
        client,
        credential=application.client_id,
        name=application.name,
        scopes=grant.scope.split(),
        hosts=grant.hosts.split(),
    )
    mails.send_connected(grant, client, is_new=event is Event.GRANT_CREATED)
    return grant


def find_grant(user: User, application: Application) -> Grant | None:
    """What the user lets the app do, if anything."""
    return Grant.objects.filter(user=user, application=application).first()


def needs_consent(application: Application, scopes: Iterable[Scope], host: str, grant: Grant | None) -> bool:
    """Whether to ask: always but for a confidential app that asks for no more than the user gave it.

    A host that the user has not agreed to is more: who could change the app's redirect URIs would else get
    the codes of everybody who ever connected it. `host`: see grant_access.

    Of a public app nobody can tell that it is the same one (RFC 6749, section 10.2).
    """
    return grant is None or application.is_public or not grant.covers(scopes, host)


@transaction.atomic
def revoke_grant(grant: Grant, client: Client = NOBODY, *, by: str = "user", reason: str = "") -> None:
    """End an app's access: its codes and tokens for this user are gone with the row, at once.

    `reason`: what staff tell the person.
    """
    application = grant.application
    token_families.lock_grant(pk=grant.pk)  # an exchange under way ends first, and what it made goes too
    revoke_keys_made_by(grant.uid)
    if Grant.objects.filter(pk=grant.pk).delete()[0]:
        security_log.record(
            grant.user,
            Event.GRANT_REVOKED,
            client,
            credential=application.client_id,
            name=application.name,
            by=by,
            **({"reason": reason} if reason else {}),
        )


@transaction.atomic
def lock_grants_of(user: User) -> list[Grant]:
    """What the person lets apps do, each with its app, locked for the rest of the transaction."""
    grants = Grant.objects.filter(user=user).select_related("application", "user")
    return list(grants.select_for_update(of=("self",)).order_by("pk"))
