"""What ended, said in the log as well, which a restored database does not take back (after_restore)."""

import logging
from functools import partial

from django.db import transaction

EVENT = "ended"  # by which the lines are found
log = logging.getLogger("craft.ended")


def say_ended(what: str, *, account: str, credential: str = "") -> None:
    """Say it once the caller's transaction is through. All three are public: an event, and ids."""
    facts = {"what": what, "account": account, "credential": credential}
    line = partial(log.info, "%(what)s: %(credential)s of %(account)s", facts)
    transaction.on_commit(partial(line, extra={"event": EVENT, **facts}))
