"""How a page looks in a browser: to whom, and how wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE, PHONE = 1280, 390
# The colours are those of static/css/tokens.css for every page, and what is too wide for a phone shows in the
# first look as well: the others find little more, at the same price.
LOOKS = [
    (WIDE, "light"),
    *(
        pytest.param(*look, marks=pytest.mark.variant)
        for look in ((PHONE, "dark"), (WIDE, "dark"), (PHONE, "light"))
    ),
]
# To describe what is right as well takes axe most of its time.
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}

# What is right in the other looks is so in the dark on a phone, but for what depends on colour and size.
OF_A_LOOK = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}


def is_fit(page: Page, width: int, scheme: str) -> None:
    """No axe violation, and nothing wider than the window, or a phone's."""
    resize(page, width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    options = ONLY_VIOLATIONS | ({"runOnly": OF_A_LOOK} if (width, scheme) == (PHONE, "dark") else {})
    violations = Axe().run(page, options=options).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    for each in (PHONE, width):
        resize(page, each)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), each


def resize(page: Page, width: int) -> None:
    """Make the window that wide."""
    page.set_viewport_size({"width": width, "height": 844})
