"""From a presented client secret to its row. The secrets are random: one SHA-256 decides."""

import base64
import hmac
from datetime import timedelta
from urllib.parse import unquote_plus

from django.db import transaction
from django.utils import timezone

from accounts.utils.compiled_query import AN_ID, PLACEHOLDER, CompiledLookup
from api.oauth.models import Application, ClientSecret
from apikeys.tokens import Kind, MalformedToken, parse

_secrets = CompiledLookup(
    ClientSecret,
    lambda app_id, public_id: ClientSecret.objects.filter(application=app_id, public_id=public_id),
    (AN_ID, PLACEHOLDER),
)
PRECISION = timedelta(minutes=1)  # of "last used": not a write for each request


def check_secret(application: Application, raw_secret: str) -> bool:
    """Whether this is one of the app's live secrets; notes its use. A public app has none."""
    try:
        token = parse(raw_secret)
    except MalformedToken:
        return False
    if token.kind != Kind.CLIENT_SECRET or application.is_public:
        return False
    secret = _secrets.find(application.pk, token.public_id)
    if secret is None or not hmac.compare_digest(bytes(secret.digest), token.digest):
        return False
    now = timezone.now()
    if secret.last_used_at is None or not now - PRECISION <= secret.last_used_at <= now:
        # After the transaction: requests of one app are not to wait for each other, nor for its deletion.
        rows = ClientSecret.objects.filter(pk=secret.pk)
        transaction.on_commit(lambda: rows.update(last_used_at=now), robust=True)
    return True


def read_basic(header: str) -> tuple[str, str] | None:
    """(client id, secret) of an `Authorization: Basic` header, form-decoded (RFC 6749, section 2.3.1).

    None when it is malformed or another scheme.
    """
    scheme, _, text = header.strip(" ").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(text.strip(" "), validate=True).decode().partition(":")
    except ValueError:  # no Base64, no ASCII, no UTF-8
        return None
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else None
