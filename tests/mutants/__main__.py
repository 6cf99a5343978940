"""Breaks the code in many small ways and counts what the tests notice: `make mutants`.

`python -m tests.mutants [planted] [generated]`, both unless told; on PostgreSQL, for planted locks.
"""

import os
import re
import sys
from pathlib import Path

from tests.mutants import generated, planting
from tests.mutants.plants_of_app_services import APP_SERVICES
from tests.mutants.plants_of_key_services import KEY_SERVICES
from tests.mutants.plants_of_locks import LOCKS
from tests.mutants.plants_of_rotation import ROTATION
from tests.mutants.plants_of_rules import RULES
from tests.mutants.plants_of_usage import USAGE

AT_LEAST = 90  # percent of the generated ones
EXPLAINED = Path(__file__).with_name("README.md")  # why those that survive may
JOBS = int(os.environ.get("JOBS", "2"))


def try_planted() -> bool:
    """Whether a test noticed every planted fault."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit("Locks are PostgreSQL's: run this under tests.services")
    outcomes = planting.try_all([*LOCKS, *RULES, *ROTATION, *KEY_SERVICES, *APP_SERVICES, *USAGE], JOBS)
    killed = sum(outcome.is_killed for outcome in outcomes)
    print(f"\nPlanted: {killed} of {len(outcomes)} killed")
    for outcome in outcomes:
        if not outcome.is_killed:
            print(f"  {outcome.verdict}: {outcome.plant}\n    {outcome.plant.test}")
    return killed == len(outcomes)


def is_explained(name: str, text: str) -> bool:
    """Whether a line names the mutant, in full or by its number after another of the same function."""
    function, _, number = name.rpartition("_")
    pattern = rf"(`|__mutmut)_{number}`"
    return any(f"`{function}_" in line and re.search(pattern, line) for line in text.splitlines())


def try_generated() -> bool:
    """Whether tests noticed enough of what mutmut makes."""
    scores = generated.run(JOBS)
    explained = EXPLAINED.read_text()
    killed, total = sum(score.killed for score in scores), sum(score.total for score in scores)
    print(f"\n{'Generated':34}killed  of")
    for score in scores:
        print(f"{score.file:34}{score.killed:6}{score.total:4}")
    percent = 100 * killed / total if total else 0
    print(f"{'':34}{killed:6}{total:4}  {percent:.1f} %")
    for name in (name for score in scores for name in score.survivors):
        print(f"  survived: {name}{'' if is_explained(name, explained) else '  (not in README.md)'}")
    return percent >= AT_LEAST


def main() -> int:
    """The command line."""
    parts = {"planted": try_planted, "generated": try_generated}
    chosen = sys.argv[1:] or list(parts)
    if not parts.keys() >= set(chosen):
        sys.exit(f"usage: python -m tests.mutants [{'] ['.join(parts)}]")
    results = [parts[name]() for name in chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
