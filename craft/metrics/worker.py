"""Metrics in a process that serves."""

import threading

from accounts.utils import occurrences
from craft.metrics import gauges
from craft.metrics.batch import count

METRICS = {"sign-in": "SIGN_INS", "mail": "MAILS"}


def note(kind: str, outcome: str) -> None:
    """Count what the rest of Craft says happened."""
    count(METRICS[kind], outcome)


def start() -> None:
    """Listen, and look at the gauges; requests come by the middleware."""
    occurrences.listen(note)
    threading.Thread(target=gauges.look_for_ever, name="metrics", daemon=True).start()
