"""`disable_api_key ID`: let an API key rest from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.commands import whole_number
from apikeys.commands import add_id, key_by_id, refusing
from apikeys.models import DisabledBy
from apikeys.services import LONGEST_SECONDS, disable_key

REASON = "Disabled by the operator of this Craft."


class Command(BaseCommand):
    """Prints the `key_…` id of the key. Its owner cannot enable it; `enable_api_key` and the admin can."""

    help = "Answer 401 to an API key until it is enabled, or for a time, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which key, and for how long."""
        add_id(parser)
        parser.add_argument(
            "--for",
            metavar="SECONDS",
            dest="seconds",
            help="After which it works again by itself; until it is enabled unless given.",
        )

    def handle(self, *, id: str, seconds: str | None, **_: Any) -> None:  # noqa: A002  the argument's name
        """Disable the key or refuse with one line."""
        span = None if seconds is None else whole_number(seconds, "--for", most=LONGEST_SECONDS)
        with refusing():
            key = disable_key(key_by_id(id), seconds=span, by=DisabledBy.STAFF, reason=REASON)
        self.stdout.write(key.uid)
