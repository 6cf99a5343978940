"""How a page looks in a browser: to whom, and how wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Colours depend on the scheme, what fits on the width: two of the four show both.
LOOKS = [
    (1280, "light"),
    (390, "dark"),
    *(pytest.param(*look, marks=pytest.mark.variant) for look in ((1280, "dark"), (390, "light"))),
]
# To describe what is right as well takes axe most of its time.
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}

# What is right in the first look is so in the second, but for what depends on colour and size.
OF_A_LOOK = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}


def is_fit(page: Page, width: int, scheme: str) -> None:
    """No axe violation, and nothing wider than the window."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    options = ONLY_VIOLATIONS | ({"runOnly": OF_A_LOOK} if (width, scheme) == LOOKS[1] else {})
    violations = Axe().run(page, options=options).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
