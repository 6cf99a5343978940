"""`make bench`, or `python -m tests.bench`: measures Craft beside its peers. README.md says what and how."""

import argparse
import os
import sys
from pathlib import Path

from tests.bench.cases import Group
from tests.bench.latency import measure_latency
from tests.bench.load import CLIENT
from tests.bench.memory import measure_memory
from tests.bench.plot import plot
from tests.bench.prices import measure_prices
from tests.bench.report import goal_table, table, verdicts, write_json
from tests.bench.rounds import Course, measure
from tests.bench.servers import PROCESSES, THREADS
from tests.bench.stage import Stage, stage

DOCS = Path(__file__).parents[2] / "docs"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def ask() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", default="", help="cases whose key begins with one of these, by commas")
    parser.add_argument("--rounds", type=int, default=5, help="outside of the two tables every other one")
    parser.add_argument("--rows", type=int, default=100_000, help="of the Craft with many; 0: without it")
    return parser.parse_args()


def measure_more(running: Stage, rounds: int) -> dict[str, float]:
    """What the goals are about beside rates: latency, memory and two prices of Craft as shipped."""
    ours = next(case for case in running.cases if case.key == "craft")
    ports = {name: server.port for name, server in running.servers.items()}
    memory = measure_memory(running.servers, running.base, ours)
    latency = measure_latency(ports, running.base, ours, rounds)
    prices = measure_prices(running.servers["switched"], running.services, ours.requests, rounds)
    return memory | latency | prices


def main() -> None:
    """Measure and print; a whole measurement is written to docs/."""
    asked = ask()
    is_whole = not asked.only
    with stage(asked.rows if is_whole else 0, say) as running:
        say(f"measuring by {CLIENT}")
        course = Course(running.servers, running.services)
        more = measure_more(running, asked.rounds) if is_whole else {}
        cases = [case for case in running.cases if case.key.startswith(tuple(asked.only.split(",")))]
        results = measure(course, running.base, cases, asked.rounds, say)
    rates = {each.case.key: each.median for each in results}
    found = verdicts(more | rates)
    for line in (*(line for group in Group for line in table(group, results)), *goal_table(found)):
        say(line)
    if is_whole:
        p50, p99 = (more[name] / more[f"base-{name}"] for name in ("p50", "p99"))
        say(f"\nLatency at half load, to bare Django's: p50 {p50:.2f}, p99 {p99:.2f}")
        about = {
            "client": CLIENT,
            "cores": os.cpu_count(),
            "processes": PROCESSES,
            "threads": THREADS,
            "rounds": asked.rounds,
            "p50_at_half_load": round(p50, 3),
            "p99_at_half_load": round(p99, 3),
        }
        write_json(DOCS / "bench.json", about, results, found)
        (DOCS / "bench.svg").write_text(plot((Group.ALONE, Group.ALL_ON), results))


if __name__ == "__main__":
    main()
