"""No rule without use: each class that a style sheet names stands in a template, a script or a tag."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPOSED = ("badge-", "notice-")  # with a tone behind it


def test_every_class_of_the_style_sheets_is_used() -> None:
    sheets = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))
    selectors = "".join(re.findall(r"([^{};]*)\{", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)))
    users = [
        path.read_text()
        for folder in ("templates", "static/js", "accounts", "apikeys", "api", "craft")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".html", ".js", ".py")
    ]
    words = set(re.findall(r"[\w-]+", "\n".join(users)))

    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))

    assert len(classes) > 100
    assert {name for name in classes - words if not name.startswith(COMPOSED)} == set()
