"""What the commands about one key share: how it is named, and how a refusal is said."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.commands import refusal
from apikeys.models import APIKey
from apikeys.services import StateForbids, find_keys
from apikeys.tokens import Kind, beginning


def add_id(parser: ArgumentParser) -> None:
    """The argument that names the key."""
    parser.add_argument(
        "id",
        metavar="ID",
        help=f"key_…, the 12-character public id or {beginning(Kind.API_KEY)}<public id>.",
    )


def key_by_id(identifier: str) -> APIKey:
    """The key. Raises CommandError without what was given: that may be a whole key."""
    key = find_keys(identifier).select_related("user").first()
    if key is None:
        raise CommandError("There is no key with this id.")
    return key


@contextmanager
def refusing() -> Iterator[None]:
    """Say what a rule refuses in one line. Raises CommandError."""
    try:
        yield
    except StateForbids as error:
        raise CommandError(str(error)) from None
    except ValidationError as error:
        raise refusal(error) from None
