"""The two tables as a picture: an SVG that follows the reader's light or dark."""

from collections.abc import Iterator, Sequence
from html import escape

from tests.bench.cases import Group
from tests.bench.rounds import Result

WIDTH, LABELS, VALUES = 760, 250, 60  # of the picture, of the names on the left, of the numbers on the right
ROW, BAR, HEADING = 26, 14, 44
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .heading { font-weight: 600 }
  .quiet { fill: #59636e }
  .value { text-anchor: end }
  .bar { fill: #afb8c1 }
  .ours { fill: #0b57d0 }
  .spread, .base { stroke: #1f2328; fill: none }
  .base { stroke-dasharray: 3 3; stroke: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .bar { fill: #4a525c }
    .ours { fill: #7cacf8 }
    .spread { stroke: #e6edf3 }
    .base { stroke: #9198a1 }
  }
"""


def plot(groups: Sequence[Group], results: Sequence[Result]) -> str:
    """A bar for each case, as long as its median, with a line from its least to its most."""
    shown = [each for each in results if each.case.group in groups]
    scale = (WIDTH - LABELS - VALUES) / max(max(each.ratios) for each in shown)
    parts: list[str] = []
    y = 0
    for group in groups:
        rows = sorted((each for each in shown if each.case.group == group), key=lambda each: -each.median)
        if not rows:
            continue
        parts.append(f'<text class="heading" x="0" y="{y + 28}">{escape(group)}</text>')
        top = y + HEADING
        for number, each in enumerate(rows):
            parts += _row(each, top + number * ROW, scale)
        y = top + len(rows) * ROW
        base = LABELS + scale
        parts.append(f'<path class="base" d="M{base:.1f} {top - 4}V{y}"/>')
    caption = (
        "Calls a second, to those of a bare Django view with one ORM get (dashed); the line is the spread."
    )
    parts.append(f'<text class="quiet" x="0" y="{y + 28}">{caption}</text>')
    height = y + 40
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{caption}">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def _row(result: Result, y: int, scale: float) -> Iterator[str]:
    name = "ours" if result.case.server == "craft" else "bar"
    middle = y + BAR / 2
    least, most = (LABELS + each * scale for each in (min(result.ratios), max(result.ratios)))
    yield f'<text x="0" y="{y + 12}">{escape(result.case.title)}</text>'
    yield f'<rect class="{name}" x="{LABELS}" y="{y}" width="{result.median * scale:.1f}" height="{BAR}"/>'
    yield f'<path class="spread" d="M{least:.1f} {middle}H{most:.1f}"/>'
    yield f'<text class="value" x="{WIDTH}" y="{y + 12}">{result.median:.2f}</text>'
