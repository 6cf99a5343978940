"""`python -m tests.bench`: measures Craft beside its peers. README.md says what and how."""

import argparse
import sys

from tests.bench.load import CLIENT
from tests.bench.rounds import Course, measure
from tests.bench.stage import stage


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--only", default="", help="cases whose key begins with one of these, by commas")
    asked = parser.parse_args()
    with stage(say) as running:
        say(f"measuring by {CLIENT}")
        cases = [case for case in running.cases if case.key.startswith(tuple(asked.only.split(",")))]
        course = Course(running.servers, running.services, asked.seconds)
        results = measure(course, running.base, cases, asked.rounds, say)
    for each in sorted(results, key=lambda each: (each.case.group, -each.median)):
        say(
            f"{each.case.group[:10]} {each.case.title:40} {each.median:5.2f} {min(each.ratios):5.2f}"
            f" {max(each.ratios):5.2f} {each.counts.statements:5.2f} {each.counts.commands:5.2f}"
        )


if __name__ == "__main__":
    main()
