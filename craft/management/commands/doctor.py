"""`doctor`: is this installation well? One line a check; exit code 1 when there is something to do."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from craft.doctor.table import CHECKS
from craft.readiness import Check

SECONDS = 30  # for all of them together, which are asked at once


class Command(BaseCommand):
    help = (
        "Look at this installation and say what to do about each fault. Run it with Craft's own environment."
    )
    requires_system_checks = []  # it asks them itself, and says more

    def handle(self, **_: Any) -> None:
        """Ask everything, tell all of it, and only then refuse."""
        checks = [Check(name, ask) for name, ask in CHECKS.items()]
        deadline = monotonic() + SECONDS
        for check in checks:
            check.start()
        faults = 0
        for check in checks:
            is_well, words = check.found(deadline - monotonic())
            faults += not is_well
            self.stdout.write(f"{'ok' if is_well else 'FAULT':6}{check.name:14}{words}")
        if faults:
            raise CommandError(f"{faults} of {len(checks)} checks found a fault.", returncode=1)
