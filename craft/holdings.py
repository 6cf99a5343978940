"""What an account holds, for staff: keys, apps, sessions, activity. A library of template tags."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from accounts.models import User
from accounts.session_list import ListedSession, live_sessions
from api.oauth.models import Application
from api.oauth.pages.connections import Connection, connections_of
from apikeys.status import KeySummary, summarise_keys
from craft.activity.entries import ActivityEntry, describe_all
from craft.activity.filters import newest_first

register = template.Library()
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Holdings:
    """The first of each kind, those that can act before the others; the lists of the admin have the rest."""

    keys: list[KeySummary]
    connections: list[Connection]
    apps: list[Application]
    sessions: list[ListedSession]
    activity: list[ActivityEntry]


@register.simple_tag
def holdings_of(user: User) -> Holdings:
    """`{% holdings_of original as holds %}`: SHOWN of each kind at most."""
    inventory = summarise_keys(user, timezone.now())
    return Holdings(
        keys=[*inventory.usable, *inventory.inactive][:SHOWN],
        connections=connections_of(user)[:SHOWN],
        apps=list(Application.objects.filter(user=user).order_by("-pk")[:SHOWN]),
        sessions=live_sessions(user, None)[:SHOWN],
        activity=describe_all(newest_first(user)[:SHOWN]),
    )
