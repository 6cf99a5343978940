"""What the consent page says, and when it is shown."""

from dataclasses import dataclass

from api.oauth.authorization import AuthorizationRequest
from api.oauth.models import Grant
from apikeys.scopes import Scope


@dataclass(frozen=True)
class ConsentLine:
    """One scope in plain words."""

    icon: str
    text: str
    is_dangerous: bool
    is_new: bool  # not part of what the user gave before


WORDS = {
    Scope.READ: ("eye", "View your projects, files, deployments, name and e-mail"),
    Scope.WRITE: ("pencil", "Create and change projects, files and deployments, and change your name"),
    Scope.DELETE: ("trash", "Delete projects, files and deployments"),
    Scope.ADMIN: (
        "shield",
        "Manage your account: create and delete API keys, disconnect apps, read your activity",
    ),
}
DANGEROUS = {Scope.DELETE, Scope.ADMIN}


def consent_lines(asked: AuthorizationRequest, grant: Grant | None) -> list[ConsentLine]:
    """The asked scopes, the harmless first."""
    given = grant.scopes if grant else frozenset()
    return [
        ConsentLine(*WORDS[scope], is_dangerous=scope in DANGEROUS, is_new=bool(grant) and scope not in given)
        for scope in Scope
        if scope in asked.scopes
    ]


def needs_consent(asked: AuthorizationRequest, grant: Grant | None) -> bool:
    """Whether to ask: always but for a confidential app that asks for no more than the user gave it.

    Of a public app nobody can tell that it is the same one (RFC 6749, section 10.2).
    """
    return grant is None or asked.application.is_public or not grant.scopes.issuperset(asked.scopes)
