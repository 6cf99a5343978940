"""No template is chosen by what a page is given: a search for `admin/base.html` must not bring that."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
CHOSEN = re.compile(r'\{%-?\s*include\s+(?!")[^%]*%\}')


def test_every_included_template_is_named_in_the_text() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): CHOSEN.findall(path.read_text()) for path in TEMPLATES.rglob("*.*")
    }

    assert len(found) > 100
    assert {name: tags for name, tags in found.items() if tags} == {}
