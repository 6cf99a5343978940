"""The examples of the public page (tests/pages/authentication.md), with the hosts of the running server."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "pages" / "authentication.md"
HEADING = re.compile(r"(?P<title>.+)#|\d\. (?P<step>.+)")
FIRST_LINE = re.compile(r"// |const |import ")  # of a block of JavaScript; the page's text has no fences


def javascript(heading: str, url: str) -> str:
    """The JavaScript below a heading."""
    lines = _section(heading)
    begin = next(number for number, line in enumerate(lines) if FIRST_LINE.match(line))
    return _at("\n".join(lines[begin:]), url)


def address(heading: str, url: str) -> str:
    """The address below a heading: the page breaks it into lines, which a reader joins."""
    return _at("".join(_section(heading)), url)


def _section(heading: str) -> list[str]:
    """The lines from a heading to the next."""
    found: list[str] = []
    inside = False
    for line in PAGE.read_text().splitlines():
        if title := HEADING.fullmatch(line):
            inside = heading in (title["title"], title["step"])
        elif inside:
            found.append(line)
    assert found, f"the page has no {heading}"
    return found


def _at(text: str, url: str) -> str:
    assert "https://" in text
    return text.replace("https://api.craft.fast", url).replace("https://craft.fast", url)
