"""When an app was last used for a person: buffered as uses of keys are (accounts.utils.buffered_writes)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.utils.buffered_writes import Buffer
from api.oauth.models import Grant


class LastUses(dict[int, datetime]):
    """The last use of grants by their primary keys."""

    def __bool__(self) -> bool:
        return len(self) > 0

    def merge(self, later: "LastUses") -> None:
        """Take in what was gathered after this."""
        self.update(later)


def record(grant_id: int) -> None:
    """Note that an access token of the grant authenticated a request now. Memory only."""
    now = timezone.now()
    BUFFER.add(lambda uses: uses.__setitem__(grant_id, now))


def flush() -> None:
    """Write what is pending now, instead of within USAGE_FLUSH_SECONDS."""
    BUFFER.flush()


@transaction.atomic
def _write(uses: LastUses) -> None:
    """Move last use forward, never back; in the order of ids, against deadlocks."""
    for grant_id, at in sorted(uses.items()):
        # One dated in the future, by a clock that went wrong, gives way.
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=at) | Q(last_used_at__gt=timezone.now())
        Grant.objects.filter(earlier, pk=grant_id).update(last_used_at=at)


BUFFER = Buffer(LastUses, _write)
