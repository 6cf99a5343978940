"""What recording and metrics take of a call's CPU time, told by one server that is with and without them.

Two servers of the same code differ by up to a twentieth, for each has its memory laid out by chance; and the
machine is a tenth faster in one second than in the next. So they take turns of half a second, under one load.
What they leave to be written later is measured by itself.
"""

import random
import signal
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench.load import Request, run
from tests.bench.servers import Server
from tests.bench.services import Services

NEITHER, RECORDED, METERED = signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH  # the last one records, too
STATES = (NEITHER, RECORDED, METERED)
WRITE = signal.SIGURG
TURNS = 30  # of each state a round
TURN_SECONDS = 0.5
WRITTEN_SECONDS = 3  # settings.USAGE_FLUSH_SECONDS of Craft as shipped
CONNECTIONS = 64  # of eight, six may fall to one of two processes
PAUSE = 0.5  # seconds for what is under way

Costs = Mapping[signal.Signals, float]  # seconds of CPU time a call, of the server and of what it asks


def measure_prices(
    server: Server, services: Services, requests: Sequence[Request], rounds: int
) -> dict[str, float]:
    """`price-recording` and `price-metrics`, as parts of what a call takes with them."""
    turns = _take_turns(server, services, requests, rounds * TURNS)
    written = [_write_later(server, services, requests) for _ in range(rounds)]

    def price(state: signal.Signals, without: signal.Signals) -> float:
        at_once = statistics.median(turn[state] for turn in turns)
        less = statistics.median(turn[without] / turn[state] for turn in turns)
        later, later_without = (statistics.median(each[it] for each in written) for it in (state, without))
        return 1 - (at_once * less + later_without) / (at_once + later)

    return {"price-recording": price(RECORDED, NEITHER), "price-metrics": price(METERED, RECORDED)}


def _take_turns(server: Server, services: Services, requests: Sequence[Request], turns: int) -> list[Costs]:
    """The costs of that many turns of each, without what is written later."""
    seconds = round(turns * len(STATES) * TURN_SECONDS * 1.1) + 10
    with ThreadPoolExecutor() as pool:
        load = pool.submit(run, server.port, requests, seconds, CONNECTIONS)
        time.sleep(PAUSE)  # until the client's connections are made, which no turn shall pay for
        costs: list[Costs] = []
        for _ in range(turns):
            turn: dict[signal.Signals, float] = {}
            for state in random.sample(STATES, len(STATES)):
                server.tell(state)
                calls, spent = services.scripts, _cpu_seconds(server, services)
                time.sleep(TURN_SECONDS)  # that long is a turn: the client calls meanwhile
                spent = _cpu_seconds(server, services) - spent
                turn[state] = spent / (services.scripts - calls)
            costs.append(turn)
        load.result()
    server.tell(WRITE)
    time.sleep(PAUSE)  # of two signals at once a process may miss one
    return costs


def _write_later(server: Server, services: Services, requests: Sequence[Request]) -> Costs:
    """The costs, for each call, of writing what is left of so many seconds."""
    costs: dict[signal.Signals, float] = {}
    for state in STATES:
        server.tell(state)
        calls = run(server.port, requests, WRITTEN_SECONDS, CONNECTIONS).calls
        time.sleep(PAUSE)  # a client that ends does not wait for its last answers
        spent = _cpu_seconds(server, services)
        server.tell(WRITE)
        time.sleep(PAUSE)  # nobody is told when it has written, which takes 20 ms
        costs[state] = (_cpu_seconds(server, services) - spent) / calls
    return costs


def _cpu_seconds(server: Server, services: Services) -> float:
    return server.cpu_seconds + services.cpu_seconds
