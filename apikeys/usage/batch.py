"""Uses of keys as they are gathered in memory, bounded whatever callers send."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from accounts.web.client import NOBODY, Client
from apikeys.models import Outcome, TryReason

CALLERS_A_DAY = 50  # of a key, and of those not let in for one reason; what more come is summed up
REQUESTS_KEPT = 100  # single ones, of a key
MOST_PLACES = 1000  # kept at hand, where uses that are alike are counted
EARLIEST = datetime.min.replace(tzinfo=UTC)


class Call(NamedTuple):
    """A request to the API, as far as it is kept. `route` is a pattern: /v1/projects/{id}, never a path."""

    client: Client
    method: str
    route: str
    request_id: str


class Use(NamedTuple):
    """One call that a key's true secret authenticated, or would have but for the key's state."""

    key_id: int
    public_id: str  # of the secret
    call: Call
    at: datetime
    status: int
    is_accepted: bool  # False: the key was disabled, expired, …


class Try(NamedTuple):
    """A request that named a key and was not let in."""

    key_id: int
    reason: TryReason
    client: Client
    at: datetime


class CountKey(NamedTuple):
    """Requests are counted by these."""

    key_id: int
    hour: datetime
    route: str
    method: str
    status: int

    @property
    def outcome(self) -> Outcome:
        """What the status stands for in the counts."""
        if self.status in (401, 403):
            return Outcome.REFUSED
        if self.status == 429:
            return Outcome.LIMITED
        if self.status >= 500:
            return Outcome.FAILED
        return Outcome.INVALID if self.status >= 400 else Outcome.OK


class CallerKey(NamedTuple):
    """Callers of a day are told apart by these. `is_rest`: those beyond CALLERS_A_DAY, summed up."""

    key_id: int
    day: date
    public_id: str
    address: str
    agent: str
    is_rest: bool

    @property
    def bounded_by(self) -> tuple[Any, ...]:
        """Of what CALLERS_A_DAY are told apart: callers of a key and day."""
        return self.key_id, self.day


class TryKey(NamedTuple):
    """Refused tries of a day are told apart by these. `is_rest`: as of callers."""

    key_id: int
    day: date
    reason: TryReason
    address: str
    agent: str
    is_rest: bool

    @property
    def bounded_by(self) -> tuple[Any, ...]:
        """By reason as well: who does not hold the secret cannot crowd out who does."""
        return self.key_id, self.day, self.reason


Key = TypeVar("Key", CallerKey, TryKey)


@dataclass(slots=True)
class Count:
    """How often."""

    count: int = 0


@dataclass(slots=True)
class Tally:
    """How often, and from when to when."""

    count: int
    first_at: datetime
    last_at: datetime

    def add_one(self, at: datetime) -> None:
        """Take in one more, which threads may tell of in another order than they came in."""
        self.count += 1
        if at > self.last_at:
            self.last_at = at
        elif at < self.first_at:
            self.first_at = at

    def add(self, other: "Tally") -> None:
        """Take in more of the same."""
        self.count += other.count
        self.first_at = min(self.first_at, other.first_at)
        self.last_at = max(self.last_at, other.last_at)


@dataclass(slots=True)
class Batch:
    """What was gathered since the last flush."""

    last_uses: dict[int, tuple[datetime, Client]] = field(default_factory=dict)
    counts: dict[CountKey, Count] = field(default_factory=dict)
    callers: dict[CallerKey, Tally] = field(default_factory=dict)
    tries: dict[TryKey, Tally] = field(default_factory=dict)
    requests: dict[int, deque[Use]] = field(default_factory=dict)
    # Where in the above uses that are alike are counted: one look-up for each in place of three.
    _places: dict[tuple[Any, ...], tuple[Count, Tally, deque[Use]]] = field(default_factory=dict)
    # Those of the use before, so that they are not worked out, and hashed, for each.
    _hour: datetime = EARLIEST
    _hour_end: datetime = EARLIEST
    _day: date = date.min
    # How many callers and tries are told apart, so that no stranger fills the memory.
    _sizes: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.counts or self.tries)

    def __len__(self) -> int:
        return len(self.counts) + len(self.tries)

    @property
    def key_ids(self) -> set[int]:
        """The keys it is about."""
        return {key.key_id for each in (self.counts, self.tries) for key in each}

    def note_use(self, use: Use) -> None:
        """Count one request: 2 us, since calls by key wait for it, with everybody's lock held."""
        key_id, public_id, (client, method, route, _), at, status, is_accepted = use
        if is_accepted:
            self.last_uses[key_id] = (at, client)
        if not self._hour <= at < self._hour_end:
            self._hour = at.replace(minute=0, second=0, microsecond=0)
            self._hour_end, self._day = self._hour + timedelta(hours=1), at.date()
            self._places.clear()
        alike = (key_id, public_id, client, method, route, status)
        count, tally, requests = self._places.get(alike) or self._place_of(alike, use)
        count.count += 1
        tally.add_one(at)
        requests.append(use)

    def note_try(self, tried: Try) -> None:
        """Count one try."""
        client = tried.client
        key = TryKey(
            tried.key_id, tried.at.date(), tried.reason, client.ip or "", client.agent, is_rest=False
        )
        _add(self.tries, self._row_of(self.tries, key), Tally(1, tried.at, tried.at))

    def merge(self, later: "Batch") -> None:
        """Take in what was gathered after this."""
        self.last_uses |= later.last_uses
        for count_key, count in later.counts.items():
            self.counts.setdefault(count_key, Count()).count += count.count
        for caller, tally in later.callers.items():
            _add(self.callers, self._row_of(self.callers, caller), tally)
        for key, tally in later.tries.items():
            _add(self.tries, self._row_of(self.tries, key), tally)
        for key_id, uses in later.requests.items():
            self._requests_of(key_id).extend(uses)

    def _place_of(self, alike: tuple[Any, ...], use: Use) -> tuple[Count, Tally, deque[Use]]:
        key_id, public_id, (client, method, route, _), at, status, _ = use
        count = self.counts.setdefault(CountKey(key_id, self._hour, route, method, status), Count())
        caller = CallerKey(key_id, self._day, public_id, client.ip or "", client.agent, is_rest=False)
        tally = self.callers.setdefault(self._row_of(self.callers, caller), Tally(0, at, at))
        place = count, tally, self._requests_of(key_id)
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        self._places[alike] = place
        return place

    def _requests_of(self, key_id: int) -> deque[Use]:
        return self.requests.setdefault(key_id, deque(maxlen=REQUESTS_KEPT))

    def _row_of(self, rows: dict[Key, Tally], key: Key) -> Key:
        """Itself where it is one of those told apart, or becomes one while there is room; else the rest."""
        return key if key in rows or self._has_room(key) else rest_of(key)

    def _has_room(self, key: CallerKey | TryKey) -> bool:
        place = (type(key), *key.bounded_by)
        size = self._sizes.get(place, 0)
        if size < CALLERS_A_DAY:
            self._sizes[place] = size + 1
        return size < CALLERS_A_DAY


def rest_of(key: Key) -> Key:
    """Where callers, or tries, are summed up that have no row of their own."""
    return key._replace(address="", agent=NOBODY.agent, is_rest=True)


def _add(tallies: dict, key: tuple, tally: Tally) -> None:
    if (known := tallies.get(key)) is None:
        tallies[key] = Tally(tally.count, tally.first_at, tally.last_at)
    else:
        known.add(tally)
