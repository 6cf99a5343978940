"""What the stateful test knows of the tokens that it was given. Apps and people are numbers, 0 and 1."""

from dataclasses import dataclass, field
from datetime import datetime

SCOPES = ("read", "write", "delete")


def joined(scopes: set[str]) -> str:
    return " ".join(scope for scope in SCOPES if scope in scopes)


@dataclass
class Consent:
    """A grant, until the person ends it."""

    scopes: set[str]
    ended: bool = False


@dataclass
class Family:
    """What one code got; `access` and `refresh` are the newest pair."""

    app: int
    user: int
    consent: Consent
    scopes: set[str]
    at: datetime
    ended: bool = False
    access: str = ""
    access_scopes: set[str] = field(default_factory=set)
    access_until: datetime | None = None
    refresh: str = ""

    def is_young(self, now: datetime) -> bool:
        """Whether the access token has not expired."""
        return self.access_until is not None and now < self.access_until


@dataclass
class Code:
    raw: str
    family: Family
    used: bool = False


@dataclass
class Refresh:
    raw: str
    family: Family
    made: datetime
    spent: datetime | None = None
