"""The measurement: each case between two of the base, in another order each round."""

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.bench.cases import Case, Group
from tests.bench.check import check
from tests.bench.load import CONNECTIONS, Load, Request, run
from tests.bench.servers import Server
from tests.bench.services import Counts, Services

OFTEN = (Group.ALONE, Group.ALL_ON, Group.ROWS)
COUNTED_SECONDS = 3  # longer than Craft gathers uses before it writes them


@dataclass
class Result:
    """What came of a case. A ratio is its rate, divided by the mean of the base's right before and after.

    `costs` are likewise of the CPU time of a call, of the server and of what it asks.
    """

    case: Case
    ratios: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    counts: Counts = field(default_factory=lambda: Counts(0, 0))

    @property
    def median(self) -> float:
        """The middle one of the ratios."""
        return statistics.median(self.ratios)

    @property
    def cost(self) -> float:
        """The middle one of the costs."""
        return statistics.median(self.costs)


class Measured(NamedTuple):
    """Calls a second, and seconds of CPU time a call."""

    rate: float
    cost: float


class Course:
    """The servers that run, and what was spent of single-use requests."""

    def __init__(self, servers: Mapping[str, Server], services: Services) -> None:
        self._servers, self._services = servers, services
        self._spent: dict[str, int] = {}

    def measure(self, case: Case) -> Measured:
        """The case as it is now: the mean of so many runs. What is written later is in the cost, too."""
        before = self._cpu_seconds(case)
        loads = [self._run(case, case.seconds) for _ in range(case.runs)]
        self._servers[case.server].settle()
        spent = self._cpu_seconds(case) - before
        return Measured(
            statistics.mean(load.rate for load in loads), spent / sum(load.calls for load in loads)
        )

    def check(self, case: Case) -> None:
        """See check.check."""
        check(case, self._port(case), self._unspent(case)[0])
        self._spend(case, 1)

    def count(self, case: Case) -> Counts:
        """What a call asks of PostgreSQL and Valkey, on average of a run, which also warms up."""
        with self._services.counting() as counted:
            calls = self._run(case, COUNTED_SECONDS).calls
            self._servers[case.server].settle()
        return Counts(counted[0].statements / calls, counted[0].commands / calls)

    def _run(self, case: Case, seconds: int) -> Load:
        load = run(self._port(case), self._unspent(case), seconds)
        self._spend(case, load.calls + 2 * CONNECTIONS)  # some were sent and not waited for
        return load

    def _cpu_seconds(self, case: Case) -> float:
        return self._servers[case.server].cpu_seconds + self._services.cpu_seconds

    def _port(self, case: Case) -> int:
        return self._servers[case.server].port

    def _unspent(self, case: Case) -> Sequence[Request]:
        return case.requests[self._spent.get(case.key, 0) :]

    def _spend(self, case: Case, calls: int) -> None:
        if case.single_use:
            self._spent[case.key] = self._spent.get(case.key, 0) + calls


def measure(
    course: Course, base: Case, cases: Sequence[Case], rounds: int, say: Callable[[str], None]
) -> list[Result]:
    """Every case, so many times, Craft's other calls half as often.

    The base's own ratios are of one run of it to the one before.
    """
    results = {case.key: Result(case) for case in (base, *cases)}
    for case in (base, *cases):
        course.check(case)
        results[case.key].counts = course.count(case)
    for number in range(rounds):
        order = [case for case in cases if case.group in OFTEN or number % 2 == 0]
        random.shuffle(order)
        before = course.measure(base)
        for case in order:
            found, after = course.measure(case), course.measure(base)
            results[case.key].ratios.append(found.rate / ((before.rate + after.rate) / 2))
            results[case.key].costs.append(found.cost / ((before.cost + after.cost) / 2))
            results[base.key].ratios.append(after.rate / before.rate)
            results[base.key].costs.append(after.cost / before.cost)
            before = after
        say(f"round {number + 1} of {rounds}")
    for case in cases:
        course.check(case)
    return list(results.values())
