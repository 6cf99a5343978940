"""`revoke_api_key ID`: end an API key from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apikeys.services import KeyEnded, find_keys, revoke_key
from apikeys.tokens import Kind, beginning

REASON = "Revoked by the operator of this Craft."


class Command(BaseCommand):
    """Prints the `key_…` id of the key that ended."""

    help = "End an API key at once and for good, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "id",
            metavar="ID",
            help=f"key_…, the 12-character public id or {beginning(Kind.API_KEY)}<public id>.",
        )

    def handle(self, *, id: str, **_: Any) -> None:  # noqa: A002  the argument's name on the command line
        """Revoke the key or refuse with one line, without what was given: that may be a whole key."""
        key = find_keys(id).first()
        if key is None:
            raise CommandError("There is no key with this id.")
        try:
            revoke_key(key, reason=REASON, by="command line")
        except KeyEnded as error:
            raise CommandError(str(error)) from None
        self.stdout.write(key.uid)
