"""`after_restore [LOG…]`: run once on a restored database, before Craft serves it."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from craft import after_restore


class Command(BaseCommand):
    """Prints what ended."""

    help = (
        "After a backup was restored: end all sessions and OAuth tokens, and again what ended since the "
        "backup, as the JSON log has it. Without a log, disable every API key."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("logs", nargs="*", metavar="LOG", help="JSON log from the backup on; - reads it")

    def handle(self, *, logs: list[str], **_: Any) -> None:
        """End what must not live again."""
        ended = list(dict.fromkeys(after_restore.read_ended(_lines_of(logs))))
        if logs and not ended:
            raise CommandError(
                'No line has "event": "ended", nor is one a public id. Is it the log since the backup, with '
                "LOG_FORMAT=json, and from the journal as by `journalctl --identifier=craft --output=cat`? "
                "Without a log, every key is disabled."
            )
        self.stdout.write(f"Ended: {after_restore.end_sessions_and_tokens()} sessions, all OAuth tokens")
        if not logs:
            self.stdout.write(f"Disabled: {after_restore.disable_all_keys()} keys, all there are")
            return
        again = sum(map(after_restore.end_again, ended))
        others = "; the others are not here" if again < len(ended) else ""
        self.stdout.write(f"Ended again: {again} of {len(ended)} that the log names{others}")


def _lines_of(logs: list[str]) -> Iterator[str]:
    for name in logs:
        if name == "-":
            yield from sys.stdin
            continue
        try:
            with Path(name).open(encoding="utf-8", errors="replace") as lines:
                yield from lines
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}") from None
