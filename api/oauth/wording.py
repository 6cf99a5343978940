"""Scopes in plain words, for the people who give them and for those who ask for them."""

from collections.abc import Iterable

from apikeys.scopes import Scope

VERBS = {
    Scope.READ: ("view",),
    Scope.WRITE: ("create", "change"),
    Scope.DELETE: ("delete",),
    Scope.ADMIN: ("manage your account",),
}
FOR_DEVELOPERS = {
    Scope.READ: ("eye", "View projects, files, deployments, and the person's name and e-mail."),
    Scope.WRITE: (
        "pencil",
        "Create and change projects, files and deployments, and change the person's name.",
    ),
    Scope.DELETE: (
        "trash",
        "Delete projects, files and deployments. People are warned that it is dangerous.",
    ),
    Scope.ADMIN: (
        "shield",
        "Manage keys, connected apps and activity. People are warned that it is dangerous.",
    ),
}


def in_words(scopes: Iterable[Scope]) -> str:
    """`View, create and change`; `Nothing` for none."""
    given = set(scopes)
    verbs = [verb for scope in Scope if scope in given for verb in VERBS[scope]]
    if not verbs:
        return "Nothing"
    *first, last = verbs
    words = f"{', '.join(first)} and {last}" if first else last
    return words[0].upper() + words[1:]
