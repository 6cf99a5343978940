"""What was measured, as tables for a terminal and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cases import Group
from tests.bench.goals import GOALS, Goal, Values
from tests.bench.rounds import Result


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and what was measured of it."""

    goal: Goal
    value: float

    @property
    def words(self) -> str:
        """Whether the goal holds."""
        if not self.goal.holds(self.value, self.goal.must):
            return "does not hold"
        return "holds, and its aim" if self.goal.holds(self.value, self.goal.aim) else "holds"


def verdicts(values: Values) -> list[Verdict]:
    """Of the goals of which everything was measured."""
    found = []
    for goal in GOALS:
        try:
            found.append(Verdict(goal, goal.value(values)))
        except KeyError:
            continue
    return found


def table(group: Group, results: Sequence[Result]) -> Iterator[str]:
    """A table of one group, the fastest first: median, least and most of the ratios; what a call costs."""
    rows = sorted((each for each in results if each.case.group == group), key=lambda each: -each.median)
    if not rows:
        return
    yield ""
    yield f"{group:54}{'to base':>8}{'least':>8}{'most':>8}{'CPU':>8}{'SQL':>8}{'Valkey':>8}"
    for each in rows:
        numbers = (
            each.median,
            min(each.ratios),
            max(each.ratios),
            each.cost,
            each.counts.statements,
            each.counts.commands,
        )
        yield f"{each.case.title:54}" + "".join(f"{number:8.2f}" for number in numbers)


def goal_table(found: Sequence[Verdict]) -> Iterator[str]:
    """Each goal with holds or does not hold."""
    if not found:
        return
    yield ""
    yield f"{'Goals':54}{'now':>8}{'must':>8}{'aim':>8}"
    for each in found:
        numbers = (each.value, each.goal.must, each.goal.aim)
        yield f"{each.goal.what:54}" + "".join(f"{number:8.2f}" for number in numbers) + f"  {each.words}"


def write_json(
    file: Path, about: dict[str, Any], results: Sequence[Result], found: Sequence[Verdict]
) -> None:
    """Everything, for a program; `about` says how it was measured."""
    document = {
        **about,
        "results": [
            {
                "case": each.case.key,
                "title": each.case.title,
                "table": each.case.group,
                "ratio": round(each.median, 3),
                "least": round(min(each.ratios), 3),
                "most": round(max(each.ratios), 3),
                "cpu": round(each.cost, 3),
                "sql_statements": round(each.counts.statements, 2),
                "valkey_commands": round(each.counts.commands, 2),
            }
            for each in results
        ],
        "goals": [
            {
                "goal": each.goal.what,
                "value": round(each.value, 3),
                "must": each.goal.must,
                "aim": each.goal.aim,
                "says": each.words,
            }
            for each in found
        ],
    }
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
