"""Disabling a person's API keys from here, where no key is known: the room above that has them says how."""

from collections.abc import Callable

from accounts.models import User
from accounts.web.client import Client

_ways: list[Callable[[User, Client], object]] = []


def disable_by(way: Callable[[User, Client], object]) -> None:
    """What disables all keys of a person, in the caller's transaction. Said once, when the room is loaded."""
    _ways.append(way)


def disable_keys_of(user: User, client: Client) -> None:
    """Let no request in with any of the person's keys until each is enabled again."""
    for way in _ways:
        way(user, client)
