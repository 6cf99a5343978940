"""Sessions as database rows: keys are checked before they reach the database, ends at each request.

allauth's UserSession is what is listed of a session: since when, last seen when, where and by which browser.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY as BACKEND
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.models.users import CALLER_FIELDS
from accounts.utils.batches import delete_in_batches
from accounts.utils.compiled_query import CompiledQuery, instance_of

SESSION_KEY = re.compile(r"[0-9a-z]{32}")
SESSION_FIELDS = ("session_key", "session_data", "expire_date")
# What a call by session is told of its user, and what tells whether the session is still theirs.
USER_FIELDS = (*CALLER_FIELDS, "password")
RECORDS = "account_authentication_methods"  # where allauth keeps how a session was signed in
# By the method of a record, of a second step by its type.
WAYS = {
    "password": "password",
    "code": "code by e-mail",
    "totp": "app code",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
}


def _read_listed(key: str) -> Any:
    row = Session.objects.filter(pk=OuterRef("session_key"))
    return UserSession.objects.filter(session_key=key).values_list(
        row.values("session_data"),
        row.values("expire_date"),
        "created_at",
        "last_seen_at",
        *(f"user__{name}" for name in USER_FIELDS),
    )


# Each page and each call by cookie begins with it.
_listed = CompiledQuery(_read_listed)
_unlisted = CompiledQuery(lambda key: Session.objects.filter(pk=key).values_list(*SESSION_FIELDS[1:]))


class SessionStore(DatabaseStore):
    """Django's own store, for sessions that end: SESSION_IDLE_SECONDS after they were last seen, and
    SESSION_SECONDS after the sign-in. One that did is none, whether its row is still there or not.

    `row` is the row it was loaded from, `began_at` and `seen_at` what is listed of it (None before sign-in).
    A cookie may hold any character, NUL included, which PostgreSQL refuses with an error: a key that
    Django cannot have made is no session.
    """

    row: Session | None = None
    began_at: datetime | None = None
    seen_at: datetime | None = None
    _user_row: tuple[Any, ...] = ()  # of whom it is listed for

    @property
    def ends_at(self) -> datetime | None:
        """When it ends if it is not used any more; None before sign-in."""
        return None if self.began_at is None or self.seen_at is None else end_of(self.began_at, self.seen_at)

    def user(self) -> User | None:
        """Who is signed in, from the query that read the session; None where Django has to judge.

        As django.contrib.auth.get_user, which also knows what becomes of a session whose hash is another.
        """
        user_id, given = self.get(USER_ID), self.get(HASH_SESSION_KEY, "")
        if not self._user_row or self.get(BACKEND) not in settings.AUTHENTICATION_BACKENDS:
            return None
        user = instance_of(User, USER_FIELDS, self._user_row)
        is_theirs = str(user.pk) == user_id and constant_time_compare(given, user.get_session_auth_hash())
        return user if is_theirs else None

    def get_session_cookie_age(self) -> int:
        """How long cookie and row are kept: before sign-in there is nothing to be kept for long."""
        age: int = settings.SESSION_SECONDS if USER_ID in self else settings.SESSION_IDLE_SECONDS
        return age

    def cycle_key(self) -> None:
        """Another key for the same session, but not where a SECRET_KEY has only just become a fallback.

        Django cycles there as well. Other requests of the browser are under way with this key then, a call
        of /v1 tells the browser of no other, and the list of sessions and counts of tries go by it.
        """
        if not (settings.SECRET_KEY_FALLBACKS and USER_ID in self and self._is_by_fallback()):
            super().cycle_key()

    def _is_by_fallback(self) -> bool:
        user = User.objects.filter(pk=self[USER_ID]).first()
        given = self.get(HASH_SESSION_KEY, "")
        hashes = user.get_session_auth_fallback_hash() if user else ()
        return any(constant_time_compare(given, each) for each in hashes)

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and SESSION_KEY.fullmatch(key))

    def _get_session_from_db(self) -> Any:
        """The row, in one query with what is listed of it; None when it has ended."""
        key, now = self.session_key or "", timezone.now()
        row = _listed.one(key)
        if row is None or row[0] is None:
            row = (*(_unlisted.one(key) or ("", now)), None, None)
        data, expire_date, began_at, seen_at = row[:4]
        if expire_date <= now or (began_at and seen_at and end_of(began_at, seen_at) <= now):
            self._session_key = None
            return None
        self.row = instance_of(Session, SESSION_FIELDS, (key, data, expire_date))
        self.began_at, self.seen_at, self._user_row = began_at, seen_at, row[4:]
        return self.row

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session


def end_of(began_at: datetime, seen_at: datetime) -> datetime:
    """When a session ends that is not used any more: the nearer of its two ends."""
    return min(began_at + timedelta(seconds=settings.SESSION_SECONDS), idle_end_of(seen_at))


def idle_end_of(seen_at: datetime) -> datetime:
    """When a session ends that was last seen then, if nothing else ends it before."""
    return seen_at + timedelta(seconds=settings.SESSION_IDLE_SECONDS)


def delete_ended(now: datetime) -> int:
    """Delete the rows of sessions that have ended: nobody can use them, they only take room. Return how many.

    In two steps: asked as one, each batch would read the rows of all sessions.
    """
    is_over = Q(created_at__lte=now - timedelta(seconds=settings.SESSION_SECONDS)) | Q(
        last_seen_at__lte=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    )
    over = UserSession.objects.filter(is_over).values("session_key")
    steps = (Session.objects.filter(expire_date__lte=now), Session.objects.filter(pk__in=over))
    return sum(map(delete_in_batches, steps))


def signed_in_at(session: Mapping[str, Any] | SessionStore) -> datetime | None:
    """When the session's sign-in began: its first authentication record, as allauth keeps them."""
    records = session.get(RECORDS) or []
    return datetime.fromtimestamp(records[0]["at"], UTC) if records else None


def way_in(session: Mapping[str, Any]) -> str:
    """How the session was signed in, in words: `Password and app code`; "" when nothing is known of it."""
    names = (
        WAYS.get(record.get("type") or record["method"])
        for record in session.get(RECORDS) or []
        if not record.get("reauthenticated")
    )
    words = " and ".join(dict.fromkeys(filter(None, names)))
    return words[:1].upper() + words[1:]
