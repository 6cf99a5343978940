"""Addresses that are named on pages."""

import re

from django.core.exceptions import ImproperlyConfigured

from craft.configuration.environment import env

LINK = re.compile(r"(https?://|mailto:)[!-~]+")

MAILBOX = re.compile(r"[!-?A-~]+@[!-?A-~]+")


def mailbox(name: str) -> str:
    """A variable that holds an e-mail address for people; "" where it is not set."""
    text: str = env.str(name, default="")
    if text and not MAILBOX.fullmatch(text):
        raise ImproperlyConfigured(
            f"{name} is {text!r}. It must be an address such as support@craft.example."
        )
    return text


def contact(name: str) -> str:
    """A variable that holds where to report holes, for security.txt; "" where it is not set."""
    text = link(name)
    if text.startswith("http://"):
        raise ImproperlyConfigured(f"{name} is {text!r}. It must begin with https:// or mailto:.")
    return text


def link(name: str) -> str:
    """A variable that holds an address for people, of a page or of a mailbox; "" where it is not set."""
    text: str = env.str(name, default="")
    if text and not LINK.fullmatch(text):
        raise ImproperlyConfigured(
            f"{name} is {text!r}. It must be an address such as https://craft.example/abuse or "
            "mailto:abuse@craft.example."
        )
    return text
