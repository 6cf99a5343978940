"""Token families: all that goes back to one exchange of a code."""

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.utils import plain_writes
from accounts.utils.compiled_query import AN_ID, PLACEHOLDER, CompiledLookup
from accounts.web.client import Client
from api.oauth.models import AccessToken, Application, Grant, RefreshToken
from api.oauth.services import mails
from apikeys.tokens import Kind, MalformedToken, Token, parse

TOKENS: dict[Kind, Any] = {Kind.ACCESS_TOKEN: AccessToken, Kind.REFRESH_TOKEN: RefreshToken}


def _locked(**lookup: Any) -> QuerySet[Grant]:
    return Grant.objects.select_for_update(of=("self",)).select_related("user").filter(**lookup)


_by_refresh_token = CompiledLookup(
    Grant,
    lambda app_id, digest: _locked(application=app_id, refresh_tokens__token_checksum=digest),
    (AN_ID, PLACEHOLDER),
    related=("user", User),
)


def lock_grant(**lookup: Any) -> Grant | None:
    """The one grant that the look-up finds, with its user, locked for the rest of the transaction.

    Whoever changes a family holds its grant's lock first, so that they take turns and cannot deadlock.
    """
    return _locked(**lookup).first()


def lock_grant_of_refresh_token(application: Application, digest: str) -> Grant | None:
    """The same for the grant of a refresh token, which most requests for tokens show."""
    return _by_refresh_token.find(application.pk, digest)


def lock_grants_of(people: list[int]) -> None:
    """Lock what these people (primary keys) let apps do, and what is let to theirs, before it goes."""
    theirs = Q(user__in=people) | Q(application__user__in=people)
    list(Grant.objects.select_for_update(of=("self",)).filter(theirs).order_by("pk").values_list("pk"))


def spend(token: RefreshToken, now: datetime) -> None:
    """A refresh ends the refresh token and the access token that came with it.

    The rows stay, and stay tied to each other: each still leads to its family.
    """
    plain_writes.update(AccessToken, token.access_token_id, expires=now)
    plain_writes.update(RefreshToken, token.pk, revoked=now, rotated_at=now)


def end(family: uuid.UUID) -> None:
    """Revoke every token of a family. For who holds its grant's lock."""
    RefreshToken.objects.filter(token_family=family, revoked=None).update(revoked=timezone.now())
    AccessToken.objects.filter(token_family=family).delete()


def end_stolen(token: RefreshToken, client: Client) -> None:
    """A spent refresh token came back: one of two holders is a thief. End the family and tell the user.

    Once: a family that has ended already is no news, however often its tokens are tried.
    """
    if not RefreshToken.objects.filter(token_family=token.token_family, revoked=None).exists():
        return
    end(token.token_family)
    user, application = token.user, token.application
    security_log.record(
        user, Event.TOKEN_REUSE, client, credential=application.client_id, name=application.name
    )
    mails.send_token_reuse(user, application.name)


def end_by_token(raw_token: str, application: Application) -> None:
    """End the family of an access or refresh token of this app; any other text is left alone (RFC 7009)."""
    with suppress(MalformedToken):
        end_family_of(parse(raw_token), application=application)


@transaction.atomic
def end_family_of(token: Token, **lookup: Any) -> None:
    """End the family of an access or refresh token, live or spent, if there is one that the look-up finds."""
    if token.kind not in TOKENS:
        return
    row = TOKENS[token.kind].objects.filter(token_checksum=token.digest.hex(), **lookup).first()
    if row is not None:
        lock_grant(pk=row.grant_id)  # what a refresh under way makes is there to be ended
        end(row.token_family)
