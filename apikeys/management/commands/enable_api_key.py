"""`enable_api_key ID`: let a disabled API key work again from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apikeys.commands import add_id, key_by_id, refusing
from apikeys.models import DisabledBy
from apikeys.services import enable_key


class Command(BaseCommand):
    """Prints the `key_…` id of the key."""

    help = "Let a disabled API key work again, whoever disabled it, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_id(parser)

    def handle(self, *, id: str, **_: Any) -> None:  # noqa: A002  the argument's name on the command line
        """Enable the key or refuse with one line."""
        with refusing():
            key = enable_key(key_by_id(id), by=DisabledBy.STAFF)
        self.stdout.write(key.uid)
