"""What a credential may do. The one home of scopes and permissions. No Django."""

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
