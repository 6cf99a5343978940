"""Plants each fault into a copy of the tree and runs the test that must notice, on the services at hand."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.plant import Plant, Stale

ROOT = Path(__file__).parents[2]
NOT_COPIED = (
    ".git",
    ".venv",
    ".cache",
    ".*_cache",
    "__pycache__",
    "node_modules",
    "mutants",
    "data",
    ".static",
)
FAILED, NEVER_RAN = 1, "no verdict"  # pytest's exit code when a test failed; what else is not 0 is no verdict
SECONDS = 300  # for one test; one that hangs has noticed something


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plant: killed, survived, or why there is no verdict."""

    plant: Plant
    verdict: str

    @property
    def is_killed(self) -> bool:
        """Whether its test failed."""
        return self.verdict == "killed"


def try_all(plants: list[Plant], jobs: int) -> list[Outcome]:
    """Try each plant, `jobs` at a time; their outcomes in order. Prints them as they come."""
    with ExitStack() as stack:
        copies = [stack.enter_context(copy_of_tree()) for _ in range(jobs)]
        free: SimpleQueue[tuple[int, Path]] = SimpleQueue()
        for number, copy in enumerate(copies):
            prepare(number, copy, plants)
            free.put((number, copy))
        printing = threading.Lock()

        def attempt(plant: Plant) -> Outcome:
            number, copy = free.get()
            try:
                outcome = Outcome(plant, judge(plant, copy, number))
            finally:
                free.put((number, copy))
            with printing:
                print(f"{outcome.verdict:10} {plant}  ← {plant.test.rpartition('::')[2]}", flush=True)
            return outcome

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(attempt, plants))


@contextmanager
def copy_of_tree() -> Iterator[Path]:
    """The project's files in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="craft-mutants-") as folder:
        copy = Path(folder) / "craft"
        # Of tests/mutants, the name of which mutmut's own folder has too, nothing is needed.
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        yield copy


def prepare(number: int, copy: Path, plants: list[Plant]) -> None:
    """Make the test database, and see that every test passes as long as nothing is planted."""
    tests = sorted({plant.test for plant in plants}) if number == 0 else [plants[0].test]
    done = run(tests, copy, number, "--create-db")
    if done.returncode:
        sys.exit(f"Without any fault planted, these must pass:\n{done.stdout[-4000:]}")


def judge(plant: Plant, copy: Path, number: int) -> str:
    """Plant, run the test, and put the file back."""
    try:
        before = plant.into(copy)
    except Stale as stale:
        return f"stale, {stale}"
    try:
        code = run([plant.test], copy, number, "--reuse-db").returncode
    except subprocess.TimeoutExpired:
        return "killed"
    finally:
        (copy / plant.file).write_text(before)
    return {0: "survived", FAILED: "killed"}.get(code, NEVER_RAN)


def run(tests: list[str], copy: Path, number: int, database: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy, which has an SQL and a Redis database to itself."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_XDIST_WORKER": f"gw{number}"}
    if url := os.environ.get("DATABASE_URL"):
        environment["DATABASE_URL"] = f"{url}_{number}"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", database, *tests],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS * (len(tests) + 1),
        check=False,
    )
