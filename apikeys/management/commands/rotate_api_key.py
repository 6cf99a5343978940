"""`rotate_api_key ID`: give an API key a new secret from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apikeys.commands import add_id, key_by_id, refusing
from apikeys.services import GRACES, rotate_key

DAY = 86_400


class Command(BaseCommand):
    """Prints the new key, which is shown nowhere else and never again."""

    help = "Give an API key a new secret, and print it. It is not shown again. The old one works for a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which key, and how long its old secret lives on."""
        add_id(parser)
        parser.add_argument(
            "--grace",
            metavar="SECONDS",
            default=str(DAY),
            help="How long the old secret works after the first use of the new one: "
            f"{', '.join(map(str, GRACES))}; {DAY} unless given.",
        )

    def handle(self, *, id: str, grace: str, **_: Any) -> None:  # noqa: A002  the argument's name
        """Rotate the key or refuse with one line."""
        if grace not in map(str, GRACES):
            raise CommandError(f"--grace must be one of {', '.join(map(str, GRACES))}.")
        with refusing():
            _key, raw_key = rotate_key(key_by_id(id), grace=int(grace))
        self.stdout.write(raw_key)
