"""`keep_files COMMAND…`: runs a backup, during which no file is deleted."""

import argparse
import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand

from api.projects.services import deletion_hold


class Command(BaseCommand):
    """Exits as the command does."""

    help = "Run a command, such as a backup, while Craft deletes no file; housekeeping does so afterwards."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run, and its arguments")

    def handle(self, *, command: list[str], **_: Any) -> None:
        """Run it without a shell."""
        if not command:
            raise SystemExit("usage: manage.py keep_files COMMAND…")
        with deletion_hold.held():
            code = subprocess.run(command, check=False).returncode  # noqa: S603  the operator's own
        if code:
            sys.exit(code)
