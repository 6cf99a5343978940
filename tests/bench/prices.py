"""What recording and metrics take of a call's CPU time, told by one server that is with and without them.

Two servers of the same code differ by up to a twentieth, for each has its memory laid out by chance. So do
two runs by eight connections, of which six may fall to one of two processes: here there are many.
"""

import random
import signal
import statistics
from dataclasses import replace

from tests.bench.cases import Case
from tests.bench.rounds import Course
from tests.bench.servers import Server

NEITHER, RECORDED, METERED = signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH  # the last one records, too
RUNS, SECONDS, CONNECTIONS = 3, 2, 64  # of each a round


def measure_prices(course: Course, server: Server, case: Case, rounds: int) -> dict[str, float]:
    """`price-recording` and `price-metrics`, as parts of what a call takes with them."""
    case = replace(case, server=server.name, seconds=SECONDS, runs=1, connections=CONNECTIONS)
    costs: dict[signal.Signals, list[float]] = {state: [] for state in (NEITHER, RECORDED, METERED)}
    for _ in range(rounds * RUNS):
        for state in random.sample(list(costs), len(costs)):
            server.tell(state)
            costs[state].append(course.measure(case).cost)
    bare, recorded, metered = (statistics.median(each) for each in costs.values())
    return {"price-recording": 1 - bare / recorded, "price-metrics": 1 - recorded / metered}
