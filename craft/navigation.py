"""The side navigation of Account Settings: the pages that exist, in order. A library of template tags."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    """One entry. `current` is aria-current: "page" on the page itself, "true" below it, else empty."""

    label: str
    icon: str
    url: str
    current: str


# (heading, ((label, icon, URL name), …))
GROUPS = (
    (
        "Account Settings",
        (
            ("Overview", "home", "overview"),
            ("Profile", "user", "accounts:profile-edit"),
            ("Security", "shield", "accounts:security-show"),
            ("Sessions", "device", "accounts:session-list"),
            ("Notifications", "mail", "accounts:notifications-edit"),
            ("Data", "download", "data-show"),
        ),
    ),
    (
        "Access",
        (
            ("API Keys", "key", "apikeys:key-list"),
            ("Connected apps", "plug", "oauth:connection-list"),
            ("Developer apps", "code", "oauth:app-list"),
            ("Activity", "pulse", "activity-list"),
        ),
    ),
)

# Pages that belong to one of these without being below it.
PARTS = {"revoke-everything": "accounts:security-show"}


@register.simple_tag(takes_context=True)
def settings_navigation(context: dict[str, Any]) -> list[tuple[str, list[Link]]]:
    """`{% settings_navigation as groups %}`: the groups of links for the page being shown."""
    return groups_for(context["request"].path)


def groups_for(path: str) -> list[tuple[str, list[Link]]]:
    """Every group and its links, as the page at `path` shows them."""
    return [
        (heading, [_link(label, icon, name, path) for label, icon, name in entries])
        for heading, entries in GROUPS
    ]


def _link(label: str, icon: str, name: str, path: str) -> Link:
    url = reverse(name)
    is_below = name != "overview" and any(path.startswith(page) for page in (url, *_parts_of(name)))
    current = "page" if path == url else "true" if is_below else ""
    return Link(label, icon, url, current)


def _parts_of(name: str) -> list[str]:
    return [reverse(part) for part, whole in PARTS.items() if whole == name]
