"""Making a key."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import NOBODY, Client
from accounts.web.one_time_forms import refuse_used_form
from apikeys.models import APIKey
from apikeys.services import mails
from apikeys.services.checks import (
    TOO_MANY,
    checked_name,
    checked_permission,
    has_room,
    refuse_past,
    save_key,
    set_name,
)
from apikeys.services.expiry import passed_notice
from apikeys.services.locks import lock_keys_of
from apikeys.services.secrets import add_secret


@transaction.atomic
def create_key(
    user: User,
    *,
    name: str,
    permission: str,
    expires_at: datetime | None = None,
    form_id: str | None = None,
    made_by: str = "",
    may_create: bool = True,
    client: Client = NOBODY,
) -> tuple[APIKey, str]:
    """Create a live key; return (key, raw key). The raw key is kept nowhere: show it once.

    `made_by` is the grant of the app that makes it, "" for a person. One `form_id` makes one key, however
    often and however simultaneously it is sent. `may_create`: whether the caller has signed in recently.
    Raises ValidationError with a dict by field: bad or taken name, unknown permission, expiry in the
    past, 50 live keys; FormUsed; NeedsRecentSignIn.
    """
    lock_keys_of(user)
    refuse_used_form(user.api_keys.with_public_id(), form_id)
    name, permission = checked_name(name), checked_permission(permission)
    refuse_past(expires_at)
    if not may_create:
        raise NeedsRecentSignIn
    if not has_room(user):
        raise ValidationError(TOO_MANY)
    key = APIKey(
        user=user,
        permission=permission,
        expires_at=expires_at,
        form_id=form_id,
        made_by=made_by,
        expiry_notice_days=passed_notice(expires_at, timezone.now()),
    )
    set_name(key, name)
    save_key(key)
    raw_key = add_secret(key)
    security_log.record(
        user, Event.KEY_CREATED, client, credential=key.uid, name=key.name, permission=key.permission
    )
    mails.send_created(key, client)
    return key, raw_key
