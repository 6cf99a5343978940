"""How long a call takes at a fixed moderate rate: half of what the slower of two servers can answer."""

import statistics

from tests.bench.cases import Case
from tests.bench.load import at_rate, run

SECONDS = 2


def measure_latency(ports: dict[str, int], base: Case, case: Case, rounds: int) -> dict[str, float]:
    """By name, p50 and p99 of the base and of a case, in milliseconds: medians of rounds in turn."""
    rate = min(run(ports[each.server], each.requests, SECONDS).rate for each in (base, case)) / 2
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, each in (("base-", base), ("", case)):
            cuts = statistics.quantiles(at_rate(ports[each.server], each.requests, SECONDS, rate), n=100)
            found.setdefault(f"{name}p50", []).append(cuts[49])
            found.setdefault(f"{name}p99", []).append(cuts[98])
    return {name: statistics.median(each) for name, each in found.items()}
