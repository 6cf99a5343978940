"""What can act as a person: every key, connected app and session, as rows of one list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.session_list import ListedSession
from api.oauth.pages.connections import Connection
from apikeys.scopes import SCOPES_OF_PERMISSION, Permission, in_words
from apikeys.status import Badge, Inventory, KeySummary

KINDS = {"keys": "key", "apps": "plug", "sessions": "device"}  # with their icons, in the order of the filters


@dataclass(frozen=True, slots=True)
class Actor:
    """One of them. `end_url` leads to the page that says what its end means, and ends it.

    `began_at`: since when it may. `ends_at` is None for what has no end date; `until` says how that is meant,
    "" where it is soon.
    """

    kind: str
    icon: str
    name: str
    about: str
    url: str
    may: str
    began_at: datetime
    used_at: datetime | None
    used_from: str
    ends_at: datetime | None
    end_url: str
    until: str = ""
    is_here: bool = False


def actors_of(
    inventory: Inventory, connections: Iterable[Connection], sessions: Iterable[ListedSession]
) -> list[Actor]:
    """This browser's own session first, then what was used last; what was never used at the end."""
    actors = [
        *_keys(inventory),
        *(_app(connection) for connection in connections),
        *(_session(session) for session in sessions),
    ]
    return sorted(
        actors,
        key=lambda actor: (actor.is_here, actor.used_at is not None, actor.used_at or actor.began_at),
        reverse=True,
    )


def _keys(inventory: Inventory) -> Iterator[Actor]:
    """Those that work, and those that come back by themselves."""
    for summary in (*inventory.usable, *inventory.inactive):
        is_resting = summary.badge is Badge.DISABLED and summary.key.comes_back_at is not None
        if summary.is_usable or is_resting:
            yield _key(summary, is_resting=is_resting)


def _key(summary: KeySummary, *, is_resting: bool) -> Actor:
    key = summary.key
    return Actor(
        kind="keys",
        icon="key",
        name=key.name,
        about=f"{key.shown_id}{' · disabled for now' if is_resting else ''}",
        url=reverse("apikeys:key-show", args=[key.uid]),
        may=in_words(SCOPES_OF_PERMISSION[Permission(key.permission)]),
        began_at=key.created_at,
        used_at=key.last_used_at,
        used_from=key.last_used_ip or "",
        ends_at=key.expires_at,
        until=f"in {summary.days_left} days" if summary.days_left > 1 else "",
        end_url=reverse("apikeys:key-delete", args=[key.uid]),
    )


def _app(connection: Connection) -> Actor:
    app, grant = connection.app, connection.grant
    by = app.shown_website or f"by {app.user.get_full_name()}"
    return Actor(
        kind="apps",
        icon="plug",
        name=app.name,
        about=f"App · {by}{' · disabled for now' if app.disabled_at else ''}",
        url=f"{reverse('oauth:connection-list')}#{grant.uid}",
        may=connection.may,
        began_at=grant.granted_at,
        used_at=grant.last_used_at,
        used_from="",
        ends_at=None,
        end_url=reverse("oauth:connection-revoke", args=[grant.uid]),
    )


def _session(session: ListedSession) -> Actor:
    row = session.row
    return Actor(
        kind="sessions",
        icon="phone" if session.is_on_phone else "device",
        name=session.program,
        about="Session · this browser" if session.is_current else "Session",
        url=reverse("accounts:session-list"),
        may="Everything, settings too",
        began_at=row.created_at,
        used_at=row.last_seen_at,
        used_from=row.ip,
        ends_at=session.ends_at,
        end_url=reverse("accounts:session-end", args=[row.pk]),
        is_here=session.is_current,
        until="if not used" if session.ends_if_unused else "in any case",
    )
