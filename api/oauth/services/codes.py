"""Authorization codes: made when a person says yes, spent by api.oauth.protocol.validator."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.web.client import Client
from api.oauth.models import Application, AuthorizationCode
from api.oauth.redirect_uris import agreed_host
from api.oauth.services.grants import grant_access
from apikeys.scopes import Scope
from apikeys.tokens import Kind, generate


@transaction.atomic
def issue_code(
    user: User,
    application: Application,
    scopes: Collection[Scope],
    *,
    redirect_uri: str,
    code_challenge: str,
    client: Client,
    was_asked: bool,
) -> str:
    """Write the consent down and a code that goes with it; return the code (RFC 6749, section 4.1.2).

    `code_challenge` is that of S256, "" without PKCE. Raises as grant_access does.
    """
    grant = grant_access(
        user, application, scopes, client, host=agreed_host(redirect_uri), was_asked=was_asked
    )
    code = generate(Kind.AUTHORIZATION_CODE)
    AuthorizationCode.objects.create(
        code=code.digest.hex(),
        grant=grant,
        user=user,
        application=application,
        expires=timezone.now() + timedelta(seconds=settings.AUTHORIZATION_CODE_SECONDS),
        redirect_uri=redirect_uri,
        scope=" ".join(scopes),
        code_challenge=code_challenge,
        code_challenge_method="S256" if code_challenge else "",
    )
    return code.raw
