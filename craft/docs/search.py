"""Searching the documentation: an index of all its words, made once, and what a query finds in it.

The browser has the same index (/docs/search.json) and does the same with it (static/js/docs-search.js).
"""

import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from craft.docs.guides import ALL, guide
from craft.docs.reference import Operation, operations

WORD = re.compile(r"[a-z0-9_]+")
ENDINGS = re.compile(r"(?:ations?|ating|ation|ates?|ings?|ies|ed|es|s|e)$")
BEGUN = {"a", "at", "ati", "atio", "e", "i", "ie", "in"}  # an ending that is still being typed
# What a word is worth in an entry's title, in a guide's other names, in an operation's, and once in a text.
TITLE, GUIDE, OPERATION, BODY = 12, 14, 6, 1
MOST = 12  # results
EXCERPT = 150  # characters


@dataclass(frozen=True)
class Entry:
    """A page or a part of one. `kind` says what it is of: Guide, Reference · GET /v1/me, the page's title."""

    title: str
    url: str
    kind: str
    text: str


@dataclass(frozen=True)
class Index:
    """`words`: each word's [entry, worth, entry, worth, …]."""

    entries: list[Entry]
    words: dict[str, list[int]]

    def as_json(self) -> dict[str, Any]:
        """What the browser is given."""
        return {"entries": [list(asdict(each).values()) for each in self.entries], "words": self.words}


def words_of(text: str) -> list[str]:
    """The words of a text or a query, without the endings by which forms of a word differ."""
    return [stem(word) for word in WORD.findall(text.lower())]


def stem(word: str) -> str:
    """`rotating`, `rotation` and `rotates` are all `rotat`; what is short stays as it is."""
    short = ENDINGS.sub("", word)
    return short if len(short) > 2 else word


def find(query: str) -> list[Entry]:
    """The best entries for a query, best first: each of its words, or the beginning of one, is in them.

    What they are worth is multiplied: an entry about all of the words goes before one that is all about one.
    """
    made = index()
    scores: dict[int, int] | None = None
    for word in words_of(query):
        found: dict[int, int] = {}
        for known, places in made.words.items():
            if known.startswith(word) or (word.startswith(known) and word[len(known) :] in BEGUN):
                worth = 3 if known == word else 1
                for entry, weight in zip(places[::2], places[1::2], strict=True):
                    found[entry] = max(found.get(entry, 0), weight * worth)
        scores = found if scores is None else {at: scores[at] * found[at] for at in scores.keys() & found}
    ranked = sorted((scores or {}).items(), key=lambda each: (-each[1], each[0]))
    return [made.entries[at] for at, _ in ranked[:MOST]]


def marked(text: str, query: str) -> SafeString:
    """The text with the words marked for which the query found it."""
    sought = tuple(words_of(query))
    pieces = re.split("([A-Za-z0-9_]+)", text)  # the words are at the odd places
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", piece) if odd % 2 and _is_sought(piece, sought) else piece,)
            for odd, piece in enumerate(pieces)
        ),
    )


def _is_sought(word: str, sought: tuple[str, ...]) -> bool:
    return bool(sought) and stem(word.lower()).startswith(sought)


def index() -> Index:
    """The index of this installation's documentation."""
    return _index(settings.WEB_URL, settings.API_URL)


@cache
def _index(web_url: str, api_url: str) -> Index:
    """Made once for the hosts that the pages name."""
    entries: list[Entry] = []
    words: dict[str, list[int]] = {}
    parts = [(GUIDE, *each) for each in _of_guides()] + [(OPERATION, *each) for each in _of_reference()]
    for weight_of_names, entry, names, text in parts:
        worth: dict[str, int] = {}
        for word in words_of(text):
            worth[word] = min(worth.get(word, 0) + BODY, 5)
        for word in set(words_of(names)):
            worth[word] = worth.get(word, 0) + weight_of_names
        for word in set(words_of(entry.title)):
            worth[word] = worth.get(word, 0) + TITLE
        for word, weight in worth.items():
            words.setdefault(word, []).extend((len(entries), weight))
        entries.append(entry)
    return Index(entries, words)


def _of_guides() -> list[tuple[Entry, str, str]]:
    """(entry, its other names, text) of each part of each guide; only the page itself has other names."""
    found = []
    for name in ALL:
        page, url = guide(name), reverse("docs-guide", args=[name])
        for part in page.sections:
            kind = page.title if part.id else "Guide"
            address = f"{url}#{part.id}" if part.id else url
            names = "" if part.id else f"{page.title} {ALL[name]} {name}"
            found.append((Entry(part.title, address, kind, _excerpt(part.text)), names, part.text))
    return found


def _of_reference() -> list[tuple[Entry, str, str]]:
    return [
        (
            Entry(each.summary, reverse("docs-operation", args=[each.id]), _kind(each), _excerpt(each.text)),
            f"{each.section} {each.id} {each.path}",
            f"{each.text} {' '.join(line.name for _, lines in each.groups for line in lines)}",
        )
        for each in operations().values()
    ]


def _kind(operation: Operation) -> str:
    return f"Reference · {operation.method} {operation.path}"


def _excerpt(text: str) -> str:
    """The beginning of a text, to the end of a word."""
    text = " ".join(text.replace("`", "").split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rpartition(' ')[0]} …"
