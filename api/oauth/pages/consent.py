"""What the consent page says of each scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.oauth.models import Grant
from api.oauth.redirect_uris import said_host
from apikeys.scopes import WORDING, Scope, in_order


@dataclass(frozen=True)
class ConsentItem:
    """One scope in plain words."""

    icon: str
    text: str
    is_dangerous: bool
    is_new: bool  # not part of what the user gave before


def consent_items(scopes: Iterable[Scope], grant: Grant | None) -> list[ConsentItem]:
    """The asked scopes, the harmless first."""
    given = grant.scopes if grant else frozenset()
    return [
        ConsentItem(
            WORDING[scope].icon,
            WORDING[scope].consent,
            is_dangerous=WORDING[scope].is_dangerous,
            is_new=bool(grant) and scope not in given,
        )
        for scope in in_order(scopes)
    ]


def hosts_before(grant: Grant | None, host: str) -> list[str]:
    """Where the user agreed to go until now, when they are to go somewhere else; else nothing."""
    hosts = grant.hosts.split() if grant else []
    return [] if host in hosts else [said_host(each) for each in hosts]
