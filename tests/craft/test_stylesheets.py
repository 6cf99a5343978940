"""No rule without use: each class that a style sheet names stands in a template, a script or a tag."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.contrib import admin

ROOT = Path(__file__).parents[2]
SHEETS = ROOT / "static" / "css"
OURS = [ROOT / folder for folder in ("templates", "static/js", "accounts", "apikeys", "api", "craft")]
DJANGOS = Path(admin.__file__).parent  # what the admin's sheet restyles
COMPOSED = ("badge-", "notice-", "state-", "field-")  # with a tone or a column behind it


def words_in(folders: Iterable[Path]) -> set[str]:
    texts = [
        path.read_text()
        for folder in folders
        for path in folder.rglob("*.*")
        if path.suffix in (".html", ".js", ".py")
    ]
    return set(re.findall(r"[\w-]+", "\n".join(texts)))


def classes_in(sheets: Iterable[Path]) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", "".join(sheet.read_text() for sheet in sheets), flags=re.DOTALL)
    selectors = "".join(re.findall(r"([^{};]*)\{", text))
    return {name for name in re.findall(r"\.([a-zA-Z][\w-]*)", selectors) if not name.startswith(COMPOSED)}


def test_every_class_of_the_style_sheets_is_used() -> None:
    sheets = set(SHEETS.glob("*.css"))
    of_the_admin = {SHEETS / "admin.css"}

    classes = classes_in(sheets - of_the_admin)

    assert len(classes) > 100
    assert classes - words_in(OURS) == set()
    assert classes_in(of_the_admin) - words_in([*OURS, DJANGOS]) == set()
