"""What a credential may do: the one home of scopes and permissions, and of how they are said. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Independent of each other: `write` alone cannot read."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    ADMIN = "admin"


class Permission(StrEnum):
    """What the owner of an API key chooses."""

    READ_ONLY = "read-only"
    READ_WRITE = "read-write"


@dataclass(frozen=True, slots=True)
class Wording:
    """A scope in words: for documents, for who is asked, for who asks."""

    documented: str  # as on the public page about authentication
    summary: str  # for the OpenAPI document
    verbs: tuple[str, ...]  # of an app that has it: "May view, create and change"
    icon: str
    consent: str  # to who is asked for it
    developer: str  # to who wants to ask for it
    is_dangerous: bool = False


ALL_SCOPES = frozenset(Scope)
SCOPES_OF_PERMISSION = {
    Permission.READ_ONLY: frozenset({Scope.READ}),
    Permission.READ_WRITE: frozenset({Scope.READ, Scope.WRITE, Scope.DELETE}),
}
SCOPE_OF_METHOD = {
    "GET": Scope.READ,
    "HEAD": Scope.READ,
    "POST": Scope.WRITE,
    "PUT": Scope.WRITE,
    "PATCH": Scope.WRITE,
    "DELETE": Scope.DELETE,
}
WORDING = {
    Scope.READ: Wording(
        documented="Read-only access to all resources",
        summary="Read",
        verbs=("view",),
        icon="eye",
        consent="View your projects, files, deployments, name and e-mail",
        developer="View projects, files, deployments, and the person's name and e-mail.",
    ),
    Scope.WRITE: Wording(
        documented="Create and modify resources",
        summary="Create and change",
        verbs=("create", "change"),
        icon="pencil",
        consent="Create and change projects, files and deployments, and change your name",
        developer="Create and change projects, files and deployments, and change the person's name.",
    ),
    Scope.DELETE: Wording(
        documented="Delete resources",
        summary="Delete",
        verbs=("delete",),
        icon="trash",
        consent="Delete projects, files and deployments",
        developer="Delete projects, files and deployments. People are warned that it is dangerous.",
        is_dangerous=True,
    ),
    Scope.ADMIN: Wording(
        documented="Administrative actions",
        summary="Administer",
        verbs=("manage your account",),
        icon="shield",
        consent="Manage your account: create and delete API keys, disconnect apps, read your activity",
        developer="Manage keys, connected apps and activity. People are warned that it is dangerous.",
        is_dangerous=True,
    ),
}


def in_order(scopes: Iterable[str]) -> list[Scope]:
    """Those that are scopes, each once, the harmless first."""
    wanted = set(scopes)
    return [scope for scope in Scope if scope in wanted]


def in_words(scopes: Iterable[str]) -> str:
    """`View, create and change`; `Nothing` for none."""
    verbs = [verb for scope in in_order(scopes) for verb in WORDING[scope].verbs]
    if not verbs:
        return "Nothing"
    *first, last = verbs
    words = f"{', '.join(first)} and {last}" if first else last
    return words[0].upper() + words[1:]
