"""Makes `_sync`, the SDK's half for threads, of `_async`: `make sdk-generate`; `--check` only compares."""

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "src" / "craft_sdk"
NOTE = "# Made of ../_async/{} by `make sdk-generate`: change that one.\n"
# In this order: what stands in the one half, and what for it in the other.
WORDS = [
    (r"\basync (?=def|with|for)", ""),
    (r"\bawait ", ""),
    (r"\b_async\b", "_sync"),
    (r"\ban (?=`?(?:Async|with))", "a "),
    (r"\bAwaitable\[(\w+\[\w+\])\]", r"\1"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"__a(enter|exit|iter)__", r"__\1__"),
    (r"\ba(close|read|iter_bytes|chunks)\b", r"\1"),
    (r"\[(\w+) for \1 in (\w+)\]", r"\2"),
    (r"\bWaiting\.given\((.*)\)$", r"\1"),
    (r"\bmany tasks of one event loop\b", "many threads"),
    (r" Cancelling a task [^.]*\.", ""),
    (r"The half for asyncio\. .*\"\"\"", 'The half for threads."""'),
]


def generated() -> dict[Path, str]:
    """Each module of the half, as it must be."""
    made = {}
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        text = source.read_text()
        for word, other in WORDS:
            text = re.sub(word, other, text, flags=re.MULTILINE)
        made[PACKAGE / "_sync" / source.name] = formatted(NOTE.format(source.name) + text)
    return made


def formatted(text: str) -> str:
    """The same as `make format` leaves it."""
    for command in (["check", "--quiet", "--fix-only", "--select", "I,F401"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PACKAGE / "a.py"), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return text


def main() -> int:
    """The exit status: 1 when what is there is not what would be made."""
    made = generated()
    there = {path: path.read_text() for path in (PACKAGE / "_sync").glob("*.py")}
    if "--check" in sys.argv:
        return int(made != there)
    for path in there.keys() - made.keys():
        path.unlink()
    for path, text in made.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
