"""The Python SDK's half for threads, `_sync`, made of the one for asyncio, `_async`."""

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "python" / "src" / "craft_sdk"
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
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603  a command of ours
    return text


def present() -> dict[Path, str]:
    """Each module of the half, as it is."""
    return {path: path.read_text() for path in (PACKAGE / "_sync").glob("*.py")}
