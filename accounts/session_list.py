"""The sessions of a person as they see them: where they are signed in, how and until when; and their end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import end_sessions_of, sessions_of
from accounts.sessions import end_of, idle_end_of, way_in
from accounts.web.client import Client
from accounts.web.user_agents import is_phone, program_name


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A live session. `program` and `way_in` are in words; the latter is "" when nothing is known of it."""

    row: UserSession
    program: str
    is_on_phone: bool
    way_in: str
    is_current: bool

    @property
    def ends_at(self) -> datetime:
        """When it ends if it is not used any more."""
        return end_of(self.row.created_at, self.row.last_seen_at)

    @property
    def ends_if_unused(self) -> bool:
        """Whether use puts its end off."""
        return self.ends_at == idle_end_of(self.row.last_seen_at)


def live_sessions(user: User, current_key: str | None) -> list[ListedSession]:
    """The person's live sessions in two queries, this one first, then the last seen.

    What is listed of a session that is gone, or that a password change ended, is left out.
    """
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    rows = list(sessions_of(user).order_by("-last_seen_at", "-pk"))
    now = timezone.now()
    stored = Session.objects.filter(expire_date__gt=now).in_bulk([row.session_key for row in rows])
    sessions = [
        _listed(row, data, current_key)
        for row in rows
        if row.session_key in stored
        and end_of(row.created_at, row.last_seen_at) > now
        and _is_of((data := stored[row.session_key].get_decoded()), user, hashes)
    ]
    return sorted(sessions, key=lambda session: not session.is_current)


@transaction.atomic
def end_session(session: ListedSession, client: Client) -> None:
    """Sign one browser out; its next request is nobody's."""
    session.row.end()
    security_log.record(
        session.row.user, Event.SESSION_ENDED, client, name=session.program, address=session.row.ip
    )


@transaction.atomic
def end_other_sessions(user: User, kept_key: str | None, client: Client) -> int:
    """Sign out every browser but the one whose session is kept; return how many sessions ended."""
    count = sum(not session.is_current for session in live_sessions(user, kept_key))
    end_sessions_of(user, but_for=kept_key)
    security_log.record(user, Event.SESSIONS_ENDED, client, sessions=count, kept="this browser")
    return count


def _listed(row: UserSession, data: dict[str, Any], current_key: str | None) -> ListedSession:
    return ListedSession(
        row=row,
        program=program_name(row.user_agent) or "Unknown browser",
        is_on_phone=is_phone(row.user_agent),
        way_in=way_in(data),
        is_current=row.session_key == current_key,
    )


def _is_of(data: dict[str, Any], user: User, hashes: Iterable[str]) -> bool:
    """Whether the session is the person's still, as django.contrib.auth judges it at each request."""
    held = data.get(HASH_SESSION_KEY, "")
    return data.get(SESSION_KEY) == str(user.pk) and any(constant_time_compare(held, each) for each in hashes)
