"""How a page looks in a browser: to whom, and how wide."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE, PHONE = 1280, 390
# What is wrong in one look is so in the others, but for what depends on colour and size. Of that, `make test`
# has the contrast of all tokens (tests/craft/test_colours.py), and what is too wide for a phone; with other
# text, which takes as long as all the rest, in `make test-all`.
LOOKS = [
    (WIDE, "light"),
    *(
        pytest.param(*look, marks=pytest.mark.variant)
        for look in ((PHONE, "dark"), (WIDE, "dark"), (PHONE, "light"))
    ),
]
# To describe what is right as well takes axe most of its time, and the contrast of each text half the rest.
ALL_BUT_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}
OF_A_LOOK = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
RULES: dict[tuple[int, str], dict[str, Any]] = {
    (WIDE, "light"): ALL_BUT_CONTRAST,
    (PHONE, "light"): {},
    (WIDE, "dark"): {"runOnly": OF_A_LOOK},
    (PHONE, "dark"): {"runOnly": OF_A_LOOK},
}
AXE = Axe()
# What is too wide with text twice as large, and with the spacing of WCAG 1.4.12; "" where nothing is.
TOO_WIDE_WITH_OTHER_TEXT = """() => {
  const right = (each) => each.getBoundingClientRect().right;
  const widest = (one, other) => right(other) > right(one) ? other : one;
  const shown = ":not(:is(thead, pre, .subnav, .tab-list) *)";
  const tooWide = () => document.documentElement.scrollWidth <= innerWidth ? "" :
    [...document.body.querySelectorAll(shown)].reduce(widest).outerHTML;
  document.documentElement.style.fontSize = "200%";
  const large = tooWide();
  document.documentElement.style.fontSize = "";
  const spacing = new CSSStyleSheet();
  spacing.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [spacing];
  const spaced = tooWide();
  document.adoptedStyleSheets = [];
  return { large, spaced };
}"""


def is_fit(page: Page, width: int, scheme: str) -> None:
    """No axe violation, and nothing wider than the window, or a phone's, in the light one with any text."""
    resize(page, width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # Without preloading: where a sheet imports another (Django's do) axe writes styles, which are refused.
    options = {"resultTypes": ["violations"], "preload": False, **RULES[width, scheme]}
    violations = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    for each in {PHONE, width}:
        resize(page, each)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), each
        if (width, scheme) == (PHONE, "light"):
            too_wide = page.evaluate(TOO_WIDE_WITH_OTHER_TEXT)
            assert too_wide == {"large": "", "spaced": ""}, too_wide


def resize(page: Page, width: int) -> None:
    """Make the window that wide."""
    page.set_viewport_size({"width": width, "height": 844})
