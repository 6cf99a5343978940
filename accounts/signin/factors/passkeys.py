"""Passkeys (Web Authentication Level 3): made and used, by fido2's checks and those it leaves to a site."""

import json
import logging
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from fido2.cose import UnsupportedKey
from fido2.webauthn import AuthenticationResponse, AuthenticatorData, RegistrationResponse

from accounts.models import User
from accounts.signin.factors import reset
from accounts.signin.factors.rules import COUNTER

log = logging.getLogger(__name__)

MAX_LENGTH = 16_000  # of what a browser sends; an attestation may hold certificates
NOT_READ = "The passkey was not read. Try again, or take another way."
NOT_YOURS = "This passkey is none of this account's, or was removed. Take another one."
WRONG_SITE = "This passkey was used on another site. Open Craft by its own address and try again."
COPIED = "This passkey was used elsewhere since: it may be a copy. Remove it, and sign in another way."
NO_OWNER_SEEN = "The passkey did not ask for your fingerprint, face or PIN. Take another one."


class BadPasskey(Exception):
    """Refused; the message says why to who sent it."""


def creation_options(user: User) -> dict[str, Any]:
    """What `navigator.credentials.create` takes, for a passkey that signs in by itself."""
    options: dict[str, Any] = auth.begin_registration(user, True)
    return options


def request_options(user: User | None = None) -> dict[str, Any]:
    """What `navigator.credentials.get` takes: for this person's passkeys, or whosever they are."""
    options: dict[str, Any] = auth.begin_authentication(user)
    return options


def read_new(text: str) -> tuple[dict[str, Any], int]:
    """A passkey made in this session a moment ago: what is kept of it, and its counter. Raises BadPasskey."""
    sent, response = _parse(RegistrationResponse, text)
    try:
        made: AuthenticatorData = auth.complete_registration(sent)
    except (ValidationError, ValueError, AssertionError):
        raise BadPasskey(NOT_READ) from None
    if made.credential_data is None or isinstance(made.credential_data.public_key, UnsupportedKey):
        raise BadPasskey(NOT_READ)
    # Made anew of what was read: nothing else that was sent reaches the database.
    kept = dict(response)
    names = ("clientDataJSON", "attestationObject")
    kept["response"] = {name: kept["response"][name] for name in names}
    kept["clientExtensionResults"] = {"credProps": {"rk": True}}
    return {
        name: kept[name] for name in ("rawId", "type", "response", "clientExtensionResults")
    }, made.counter


@transaction.atomic
def use(text: str, user: User | None = None) -> Authenticator:
    """The passkey that signed this session's challenge, of this person or whosever. Raises BadPasskey."""
    sent, response = _parse(AuthenticationResponse, text)
    data = response.response.authenticator_data
    if user is None and not data.is_user_verified():  # it stands for both steps
        raise BadPasskey(NO_OWNER_SEEN)
    try:
        owner = user or auth.extract_user_from_response(sent)
        reset.settle(owner)
        found = auth.complete_authentication(owner, sent)
    except (ValidationError, ValueError, NotImplementedError):
        raise BadPasskey(NOT_YOURS) from None
    row: Authenticator | None = Authenticator.objects.select_for_update().filter(pk=found.pk).first()
    if row is None:
        raise BadPasskey(NOT_YOURS)
    before = row.data.get(COUNTER, 0)
    if (data.counter or before) and data.counter <= before:
        log.warning("a passkey of user %d counts %d after %d", row.user_id, data.counter, before)
        raise BadPasskey(COPIED)
    row.data[COUNTER] = data.counter
    row.save(update_fields=["data"])
    return row


def _parse(
    kind: type[AuthenticationResponse] | type[RegistrationResponse], text: str
) -> tuple[dict[str, Any], Any]:
    """What a browser sent, as it is and as fido2 reads it. Raises BadPasskey; whatever was sent."""
    try:
        sent = json.loads(text[: MAX_LENGTH + 1])
        response = kind.from_dict(sent)
        client_data = response.response.client_data
    except Exception:  # noqa: BLE001  parsers of a stranger's bytes raise many kinds; no database is asked here
        raise BadPasskey(NOT_READ) from None
    # On this machine fido2 lets every origin pass, since it knows none that begins with http.
    if client_data.origin != settings.WEB_URL or client_data.cross_origin:
        raise BadPasskey(WRONG_SITE)
    return sent, response
