"""Every page of the documentation, in the order in which one reads them: what navigation and search know."""

from dataclasses import dataclass

from django.urls import reverse

from craft.docs.guides import GUIDES, START
from craft.docs.reference import sections

OVERVIEW = "Overview"


@dataclass(frozen=True)
class Page:
    """One entry of the navigation. `part` is the heading above it, `method` that of an operation, else ""."""

    label: str
    url: str
    part: str
    method: str = ""


@dataclass(frozen=True)
class Fold:
    """Entries that are folded up unless one of them is shown."""

    label: str
    pages: list[Page]
    is_open: bool


def start() -> list[Page]:
    """Where one begins."""
    return [Page(OVERVIEW, reverse("docs"), "Docs"), *_guides(START, "Docs")]


def guides() -> list[Page]:
    """The guides."""
    return _guides(GUIDES, "Guides")


def reference() -> list[tuple[str, list[Page]]]:
    """The operations by what they are about."""
    return [
        (
            heading,
            [
                Page(each.summary, reverse("docs-operation", args=[each.id]), heading, each.method)
                for each in operations
            ],
        )
        for heading, operations in sections()
    ]


def navigation(path: str) -> list[tuple[str, list[Page], list[Fold]]]:
    """(heading, its pages, its folds) of the side navigation, as the page at `path` shows it."""
    everything = Fold("All guides", guides(), _has(guides(), path))
    folds = [Fold(heading, pages, _has(pages, path)) for heading, pages in reference()]
    return [("Start", start(), []), ("Guides", [], [everything]), ("API reference", [], folds)]


def neighbours(path: str) -> tuple[Page | None, Page | None]:
    """The page before the one at `path`, and the one after it."""
    pages = [*start(), *guides(), *(page for _, pages in reference() for page in pages)]
    at = next((number for number, page in enumerate(pages) if page.url == path), None)
    if at is None:
        return None, None
    return pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None


def part_of(path: str) -> str:
    """The heading above the page at `path`; "" for what the navigation does not show."""
    pages = [*guides(), *(page for _, pages in reference() for page in pages)]
    return next((page.part for page in pages if page.url == path), "")


def markdown_url(path: str) -> str:
    """Where the page at `path` is as Markdown."""
    return "/docs/index.md" if path == reverse("docs") else f"{path.rstrip('/')}.md"


def _guides(names: dict[str, str], part: str) -> list[Page]:
    return [Page(label, reverse("docs-guide", args=[name]), part) for name, label in names.items()]


def _has(pages: list[Page], path: str) -> bool:
    return any(page.url == path for page in pages)
