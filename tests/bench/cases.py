"""What is measured: which request, of which server, under which name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.bench.load import Request

Given = dict[str, Any]  # what a seed says
TWO_WRITES = 6  # seconds, in which Craft writes twice what it has gathered
TWICE = 2  # runs: which process the client's connections fall to differs


class Group(StrEnum):
    """The table that a case is in."""

    ALONE = "Look-up alone"
    ALL_ON = "All on: a limit a minute in Valkey, and the last use"
    OTHER = "Craft's other calls, and stock equivalents"
    ROWS = "Each credential one of many"


@dataclass(frozen=True, slots=True)
class Case:
    """`requests` are sent in turn, `single_use` ones but once each. The answer's body holds `contains`.

    It is measured by the mean of so many `runs` of so many `seconds`, of more where it is slow.
    """

    key: str
    title: str
    group: Group
    server: str
    requests: Sequence[Request]
    statuses: Sequence[int] = (200,)
    contains: str = "Bench User"
    single_use: bool = False
    seconds: int = 1
    runs: int = 1


def carefully(
    key: str, title: str, group: Group, server: str, requests: Sequence[Request], seconds: int = 2
) -> Case:
    """A case that a goal is about: so many seconds, and again."""
    return Case(key, title, group, server, requests, seconds=seconds, runs=TWICE)


def get(path: str, credentials: Sequence[str]) -> list[Request]:
    """The same GET with each of these Authorization headers."""
    return [Request(path, headers={"Authorization": each}) for each in credentials]


def bearer(people: Sequence[dict[str, str]], kind: str) -> list[str]:
    """What these people's keys or tokens are sent as."""
    return [f"Bearer {each[kind]}" for each in people]


def base_case(peers: Given) -> Case:
    """What all ratios are to: a bare Django view with one ORM get."""
    requests = [Request(f"/bare/get/{each['pk']}") for each in peers["people"]]
    return Case("base", "bare Django, one ORM get", Group.ALONE, "django", requests, runs=TWICE)


def craft_cases(craft: Given) -> list[Case]:
    """Craft's own: on a plan without limits, as shipped, and by one key alone."""
    limited = get("/v1/me", bearer(craft["limited"], "key"))
    unlimited = get("/v1/me", bearer(craft["unlimited"], "key"))
    return [
        carefully("craft-alone", "Craft, a plan without limits", Group.ALONE, "craft", unlimited),
        carefully("craft", "Craft, as shipped", Group.ALL_ON, "craft", limited, TWO_WRITES),
        carefully("one-key", "Craft, as shipped, one key alone", Group.ALL_ON, "craft", limited[:1]),
    ]


def peer_cases(peers: Given) -> list[Case]:
    """Django's, FastAPI's and node's."""
    as_base = base_case(peers).requests
    cases = [
        Case("constant", "bare Django, constant", Group.ALONE, "django", [Request("/bare/constant")]),
        Case("startproject", "bare Django, with its middleware", Group.ALONE, "startproject", as_base),
    ]
    for name, title, server, paths in (
        ("drf-token", "DRF TokenAuthentication", "django", ("/drf-token/", "/drf-token/all-on/")),
        ("drf-api-key", "djangorestframework-api-key", "django", ("/drf-api-key/", "/drf-api-key/all-on/")),
        ("knox", "django-rest-knox", "django", ("/knox/", "/knox/all-on/")),
        ("dot", "django-oauth-toolkit", "django", ("/dot/", "/dot/all-on/")),
        ("fastapi", "FastAPI and asyncpg", "fastapi", ("/me", "/all-on")),
        ("node", "node:http and pg", "node", ("/me", "/all-on")),
    ):
        credentials = [each[name] for each in peers["people"]]
        for group, path, more in zip((Group.ALONE, Group.ALL_ON), paths, ("", "-all-on"), strict=True):
            measured = carefully if more else Case
            cases.append(measured(name + more, title, group, server, get(path, credentials)))
    return cases


def better_auth_cases(keys: Sequence[str]) -> list[Case]:
    """better-auth's: each of its servers has the limiter on or off."""
    requests = get("/", [f"Bearer {key}" for key in keys])
    return [
        Case("better-auth", "better-auth, verifyApiKey", Group.ALONE, "better-auth", requests),
        carefully(
            "better-auth-all-on", "better-auth, verifyApiKey", Group.ALL_ON, "better-auth-limited", requests
        ),
    ]
