"""Runs mutmut (its settings are in pyproject.toml) and reads what it found."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tests import template
from tests.mutants.planting import ROOT

FOLDER = ROOT / "mutants"  # mutmut's own
NOTICED = (1, 3, 24, -24, 36, 152, 255, -9, -11)  # a test failed, took far too long, or crashed


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants of a file there are, and the names of those that no test noticed."""

    file: str
    total: int
    survivors: list[str]

    @property
    def killed(self) -> int:
        """How many some test noticed."""
        return self.total - len(self.survivors)


def run(jobs: int) -> list[Score]:
    """Make all mutants anew and test each, on SQLite and the process's memory; a score for each file."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    left_out = ("DATABASE_URL", "REDIS_URL", template.VARIABLE)
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    log = FOLDER / "mutmut.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False)
    if done.returncode:
        sys.exit(f"mutmut failed; see {log}")
    return read_scores()


def read_scores() -> list[Score]:
    """What the last run found, by file."""
    found = []
    for path in sorted(FOLDER.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text())["exit_code_by_key"]
        survivors = sorted(name for name, code in codes.items() if code not in NOTICED)
        if codes:
            found.append(Score(str(path.relative_to(FOLDER)).removesuffix(".meta"), len(codes), survivors))
    return found
