"""Write into .env the secrets that it lacks: `python -m craft.env_file`, a part of `make run`."""

import base64
import re
import secrets
from collections.abc import Callable
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[1] / ".env"
MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_hex(32),
    "ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def complete(path: Path = DEFAULT) -> None:
    """Add a fresh value for each secret that has no line yet; make the file, for its owner alone, if need be.

    A line that is there stays as it is, also an empty one, and so does one that names a file.
    """
    path.touch(mode=0o600)
    text = path.read_text(encoding="utf-8")
    lacking = [
        name for name in MAKERS if not re.search(rf"^\s*(export\s+)?{name}(_FILE)?\s*=", text, re.MULTILINE)
    ]
    if not lacking:
        return
    gap = "\n" if text and not text.endswith("\n") else ""
    with path.open("a", encoding="utf-8") as file:
        file.write(gap + "".join(f"{name}={MAKERS[name]()}\n" for name in lacking))


if __name__ == "__main__":
    complete()
