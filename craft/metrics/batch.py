"""What happened since metrics were last added up: plain memory, for a call has no time for more."""

from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from accounts.utils.buffered_writes import Buffer
from craft.metrics import definitions


class Request(NamedTuple):
    """What requests are told apart by."""

    route: str
    method: str
    status: int
    credential: str  # its kind; "" where none was looked at


class Batch:
    """Requests with their durations, and everything else by metric and label."""

    def __init__(self) -> None:
        self.requests: dict[Request, list[float]] = {}  # the seconds, then how many are in each bucket
        self.others: Counter[tuple[str, tuple[str, ...]]] = Counter()

    def __bool__(self) -> bool:
        return bool(self.requests or self.others)

    def __len__(self) -> int:
        return len(self.requests) + len(self.others)

    def note_request(self, timed: tuple[Request, float]) -> None:
        """Count one, and how many seconds it took."""
        request, seconds = timed
        tally = self.requests.get(request)
        if tally is None:
            tally = self.requests[request] = [0.0] * (len(definitions.SECONDS) + 2)
        tally[0] += seconds
        tally[1 + bisect_left(definitions.SECONDS, seconds)] += 1

    def note_other(self, metric: tuple[str, tuple[str, ...]]) -> None:
        """Count one of the metric of that name and labels."""
        self.others[metric] += 1

    def merge(self, later: "Batch") -> None:
        """Never needed: to add up cannot fail as a database does."""
        raise NotImplementedError


def write(batch: Batch) -> None:
    """Add it to the metrics."""
    for request, (seconds, *buckets) in batch.requests.items():
        count = sum(buckets)
        definitions.REQUESTS.labels(request.route, request.method, request.status).inc(count)
        if request.credential:
            outcome = "refused" if request.status == 401 else "accepted"
            definitions.CREDENTIALS.labels(request.credential, outcome).inc(count)
        # The library observes one at a time, which is most of what metrics would cost.
        child = definitions.DURATIONS.labels(request.route, request.method)
        child._sum.inc(seconds)
        for bucket, observed in zip(child._buckets, buckets, strict=True):
            if observed:
                bucket.inc(observed)
    for (name, labels), count in batch.others.items():
        getattr(definitions, name).labels(*labels).inc(count)


BUFFER = Buffer(Batch, write)


def count(name: str, *labels: str) -> None:
    """Count one of what definitions has under this name."""
    BUFFER.add(Batch.note_other, (name, labels))
