"""After a backup was restored: what ended since it was made must not live again.

What ended is in the log, line by line (accounts.utils.ended_log). Sessions and tokens are no use to anybody
after a restore: they end in any case.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.events import Event
from accounts.models import TrustedBrowser, User
from accounts.models.users import SWITCHED_OFF
from accounts.services import switch_account
from accounts.utils.batches import delete_in_batches
from accounts.utils.ended_log import EVENT
from api.oauth.models import Application, ClientSecret, Grant
from api.oauth.services.applications import set_disabled
from api.oauth.services.client_secrets import drop_secret
from api.oauth.services.grants import revoke_grant
from apikeys.models import APIKey, DisabledBy
from apikeys.services import KeyEnded, disable_key, find_keys, is_key_id

REASON = "This key had ended, or could do less, before our database was restored from a backup."


class Ended(NamedTuple):
    """A line of the log: what happened, and to which credential of which account."""

    what: str
    account: str
    credential: str


def read_ended(lines: Iterable[str]) -> Iterator[Ended]:
    """The lines of a JSON log with `"event": "ended"`, and lines that are nothing but a key's public id."""
    for line in lines:
        text = line.strip()
        if not text.startswith("{"):
            if is_key_id(text):
                yield Ended(Event.KEY_REVOKED.value, "", text)
            continue
        try:
            fact = json.loads(text)
        except ValueError:
            continue  # cut off where the log was
        if isinstance(fact, dict) and fact.get("event") == EVENT:
            yield Ended(*(str(fact.get(name, "")) for name in Ended._fields))


def end_sessions_and_tokens() -> int:
    """End every session and every code and token of an app; return how many sessions there were."""
    count = delete_in_batches(Session.objects.all())
    delete_in_batches(UserSession.objects.all())
    delete_in_batches(TrustedBrowser.objects.all())
    User.objects.update(oauth_valid_after=timezone.now())
    return count


def disable_all_keys() -> int:
    """Disable every key until its owner enables it; return how many live ones there are."""
    User.objects.update(credentials_valid_after=timezone.now())
    return APIKey.objects.live().count()


def end_again(ended: Ended) -> bool:
    """End it in this database, too; False when there is none of it here."""
    end = _ENDINGS.get(ended.what, _disable_key)
    return end(ended)


def _disable_key(ended: Ended) -> bool:
    """Staff let it act again if it should: its owner may have ended it for a leak."""
    found = False
    for key in find_keys(ended.credential):
        try:
            disable_key(key, by=DisabledBy.STAFF, reason=REASON)
            found = True
        except KeyEnded:
            continue
    return found


def _switch_off(ended: Ended) -> bool:
    for user in User.objects.filter(uid=ended.account, is_active=True):
        switch_account(user, active=False)
        return True
    return False


def _revoke_grant(ended: Ended) -> bool:
    grants = Grant.objects.filter(user__uid=ended.account, application__client_id=ended.credential)
    for grant in grants.select_related("application", "user"):
        revoke_grant(grant, by="restore")
        return True
    return False


def _drop_secret(ended: Ended) -> bool:
    for secret in ClientSecret.objects.filter(public_id=ended.credential).select_related("application"):
        drop_secret(secret)
        return True
    return False


def _stop_app(ended: Ended) -> bool:
    for application in Application.objects.filter(client_id=ended.credential):
        set_disabled(application, disabled=True, by_staff=True)
        return True
    return False


_ENDINGS: dict[str, Callable[[Ended], bool]] = {
    SWITCHED_OFF: _switch_off,
    Event.ACCOUNT_CLOSING.value: _switch_off,
    Event.GRANT_REVOKED.value: _revoke_grant,
    Event.TOKEN_REUSE.value: lambda ended: True,  # its tokens end with all others
    Event.SECRET_DROPPED.value: _drop_secret,
    Event.APP_DELETED.value: _stop_app,
    Event.APP_CHANGED.value: _stop_app,
}
