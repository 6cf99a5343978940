"""When an app was last used for a person: buffered as uses of keys are (accounts.utils.buffered_writes)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.utils.buffered_writes import Buffer
from accounts.utils.many_rows import move_last_uses
from api.oauth.models import Grant


class LastUses(dict[int, datetime]):
    """The last use of grants by their primary keys."""

    def __bool__(self) -> bool:
        return len(self) > 0

    def note(self, use: tuple[int, datetime]) -> None:
        """Take in one: the grant's primary key and when."""
        grant_id, self[grant_id] = use

    def merge(self, later: "LastUses") -> None:
        """Take in what was gathered after this."""
        self.update(later)


def record(grant_id: int) -> None:
    """Note that an access token of the grant authenticated a request now. Memory only."""
    BUFFER.add(LastUses.note, (grant_id, timezone.now()))


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


@transaction.atomic
def _write(uses: LastUses) -> None:
    move_last_uses(Grant, (), uses.items())


BUFFER = Buffer(LastUses, _write)
