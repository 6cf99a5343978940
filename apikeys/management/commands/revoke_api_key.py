"""`revoke_api_key ID`: end an API key from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apikeys.commands import add_id, key_by_id, refusing
from apikeys.services import revoke_key

REASON = "Revoked by the operator of this Craft."


class Command(BaseCommand):
    """Prints the `key_…` id of the key that ended."""

    help = "End an API key at once and for good, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_id(parser)

    def handle(self, *, id: str, **_: Any) -> None:  # noqa: A002  the argument's name on the command line
        """Revoke the key or refuse with one line."""
        key = key_by_id(id)
        with refusing():
            revoke_key(key, reason=REASON, by="command line")
        self.stdout.write(key.uid)
