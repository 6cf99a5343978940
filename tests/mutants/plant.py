"""One fault that is planted into the code, and the test that must fail then."""

from dataclasses import dataclass
from pathlib import Path

Edit = tuple[str, str]  # text that comes exactly once in the file, and what takes its place


class Stale(Exception):
    """The code has changed: the text to replace is not there, or more than once."""


@dataclass(frozen=True, slots=True)
class Plant:
    """In `file`, each edit is made; `test` must notice."""

    file: str
    edits: tuple[Edit, ...]
    test: str

    def __str__(self) -> str:
        return f"{self.file}: {self.edits[-1][0].splitlines()[0].strip()}"

    def into(self, root: Path) -> str:
        """Plant the fault into a copy of the tree; return the file's text as it was. Raises Stale."""
        path = root / self.file
        text = broken = path.read_text()
        for old, new in self.edits:
            if broken.count(old) != 1:
                raise Stale(f"found {broken.count(old)} times in {self.file}: {old!r}")
            broken = broken.replace(old, new)
        path.write_text(broken)
        return text


def plants(file: str, tests: str, *faults: tuple[str, str, str], also: Edit | None = None) -> list[Plant]:
    """Faults of one file that one module of tests must notice: (old text, new text, name of the test).

    `also` is an edit that comes with each of them.
    """
    first = (also,) if also else ()
    return [Plant(file, (*first, (old, new)), f"{tests}::{test}") for old, new, test in faults]
