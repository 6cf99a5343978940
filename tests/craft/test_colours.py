"""Contrast of the design tokens (WCAG 2.2, 1.4.3), computed: no page needs to be looked at for it."""

import re
from itertools import product
from math import cos, radians, sin
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
ENOUGH = 4.5
GROUNDS = ("bg", "surface", "raised", "sunken", "hover")
MEANINGS = ("ok", "notice", "warning", "danger")
PAIRS = [
    *product(("text", "muted"), GROUNDS),
    *product(MEANINGS, ("bg", "surface", "raised")),
    *((meaning, f"{meaning}-surface") for meaning in MEANINGS),
    *(("text", f"{meaning}-surface") for meaning in MEANINGS),
    *product(("on-accent",), ("accent", "accent-hover", "danger-solid", "danger-hover")),
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance of an OKLCH colour: by OKLab to linear sRGB, as CSS Color 4 has it."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(
        share * min(1.0, max(0.0, part)) for share, part in ((0.2126, red), (0.7152, green), (0.0722, blue))
    )


def colours() -> dict[str, list[float]]:
    """Token → its luminance in light and in the dark."""
    found = {}
    for name, pair in re.findall(r"--([\w-]+): light-dark\((.+)\);", TOKENS.read_text()):
        values = [[float(part) for part in one.split()] for one in re.findall(r"oklch\(([\d. ]+)", pair)]
        found[name] = [luminance(*[*value, 0.0][:3]) for value in values]
    return found


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_what_it_stands_on(text: str, ground: str) -> None:
    values = colours()

    for above, below in zip(values[text], values[ground], strict=True):
        light, dark = max(above, below), min(above, below)
        assert (light + 0.05) / (dark + 0.05) >= ENOUGH
