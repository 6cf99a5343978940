"""A guide's Markdown as the HTML of its page: headings with links, tabs of languages, tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from accounts.templatetags.page_tags import icon
from craft.docs.languages import NAMES, TABS
from craft.docs.markup import anchor, dimmed

OWN_ID = re.compile(r"\s*{#([\w-]+)}$")  # `## OAuth 2.0 {#oauth}`: an address that outlives the words


@dataclass(frozen=True)
class Section:
    """What stands below a heading, until the next one of any level. `text` is what a search finds."""

    id: str
    title: str
    level: int
    text: str


@dataclass(frozen=True)
class Guide:
    """A page: its title, the paragraph below it as Markdown and as HTML, the rest, and its sections.

    The first section is the page itself, down to its first heading.
    """

    title: str
    summary: str
    lead: SafeString
    html: SafeString
    sections: tuple[Section, ...]

    @property
    def contents(self) -> list[Section]:
        """What "On this page" lists; nothing for a page that is seen at once."""
        found = [each for each in self.sections if each.level == 2]
        return found if len(found) > 2 else []


class Renderer(RendererHTML):
    """Markdown's HTML, but for what Craft's pages have templates or classes of their own for."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A block of code with its title, or the first of several languages with all of them."""
        token = tokens[idx]
        if "samples" in token.meta:
            return render_to_string("includes/code_tabs.html", token.meta)
        language, title, note = token.meta["info"]
        code = token.content.rstrip("\n")
        shown = dimmed(code) if language == "json" else code
        block = {"title": title, "note": note, "code": shown, "wraps": language == "text"}
        return render_to_string("includes/code_block.html", block)

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The link to the heading, at its end."""
        return anchor(tokens[idx].meta["id"], tokens[idx].meta["title"]) + self.renderToken(
            tokens, idx, options, env
        )

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A card around the table, and a caption for who cannot see what it stands below."""
        caption = escape(tokens[idx].meta["caption"])
        table = self.renderToken(tokens, idx, options, env)
        return f'<div class="card">{table}<caption class="sr">{caption}</caption>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of both."""
        return f"{self.renderToken(tokens, idx, options, env)}</div>"

    def blockquote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A quotation is a notice: what to know before one goes on."""
        return f'<div class="notice" role="note">{icon("info")}<div>'

    def blockquote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of the notice."""
        return "</div></div>"


MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=Renderer).enable("table")
ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "th": "columnheader", "td": "cell"}


@lru_cache(maxsize=128)
def read(text: str) -> Guide:
    """A guide's Markdown, which begins with `# Title` and a paragraph, as its page."""
    tokens = MARKDOWN.parse(text)
    _name_headings(tokens)
    _fit_tables(tokens)
    _lead_within_the_docs(tokens)
    tokens = _with_tabs(tokens)
    title, lead, rest = tokens[1].content, tokens[4], tokens[6:]
    return Guide(
        title=title,
        summary=lead.content,
        lead=_html([lead]),
        html=_html(rest),
        sections=_sections(title, [lead, *rest]),
    )


def _html(tokens: list[Token]) -> SafeString:
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return mark_safe(html)  # noqa: S308  of our own templates: raw HTML in Markdown is switched off


def _name_headings(tokens: list[Token]) -> None:
    """Give each heading the id of its words, or the one it names itself."""
    taken: set[str] = set()
    for opens, inline, closes in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opens.type != "heading_open" or opens.tag == "h1":
            continue
        own = OWN_ID.search(inline.content)
        title = OWN_ID.sub("", inline.content)
        if own and inline.children:
            inline.children[-1].content = OWN_ID.sub("", inline.children[-1].content)
        title = title.replace("`", "")
        name = base = own[1] if own else slug(title)
        for number in range(2, 99):
            if name not in taken:
                break
            name = f"{base}-{number}"
        taken.add(name)
        opens.attrSet("id", name)
        closes.meta = {"id": name, "title": title}


def slug(title: str) -> str:
    """The words of a heading as GitHub makes an address of them."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip())


def _fit_tables(tokens: list[Token]) -> None:
    """What the table component asks for: roles, and beside each cell the name of its column."""
    heading, columns, column = "", list[str](), 0
    for token, inline in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if token.type == "heading_close":
            heading = token.meta.get("title", "")
        elif token.type == "table_open":
            token.meta = {"caption": heading}
            token.attrs |= {"class": "table", "role": "table"}
            columns = []
        elif token.type.endswith("_open") and token.tag in ROLES:
            token.attrs |= {"role": ROLES[token.tag]}
            if token.tag == "tr":
                column = 0
            elif token.tag == "th":
                token.attrs |= {"scope": "col"}
                columns.append(inline.content)
            elif token.tag == "td":
                if column and columns[column]:
                    token.attrs |= {"data-label": columns[column]}
                token.attrs |= {"class": "wide"} if column else {}
                column += 1


def _lead_within_the_docs(tokens: list[Token]) -> None:
    """A link to another guide's file, as GitHub and readers of the Markdown follow it, leads to its page."""
    for token in (child for each in tokens for child in each.children or [] if child.type == "link_open"):
        address = urlsplit(str(token.attrs["href"]))
        if not address.netloc and address.path.endswith(".md"):
            path = address.path.removesuffix(".md").removesuffix("index")
            path = path if path.startswith("/") else f"/docs/{path}"
            part = f"#{address.fragment}" if address.fragment else ""
            token.attrs["href"] = f"{path.rstrip('/')}/{part}"


def _with_tabs(tokens: list[Token]) -> list[Token]:
    """Blocks of code that follow each other in the languages of examples are one, with tabs."""
    made: list[Token] = []
    for token in tokens:
        if token.type != "fence":
            made.append(token)
            continue
        token.meta = {"info": _info(token.info)}
        before = made[-1] if made else None
        both = (before.meta["info"][1], token.meta["info"][1]) if before and before.type == "fence" else ()
        if before and both and all(title in TABS for title in both):
            samples = before.meta.setdefault("samples", [(both[0], before.content.rstrip("\n"))])
            samples.append((both[1], token.content.rstrip("\n")))
            before.meta["group"] = f"code-{len(made)}"
        else:
            made.append(token)
    return made


def _info(info: str) -> tuple[str, str, str]:
    """Language, title and note of a fence, as in `json Answer | 200`; without a title the language's name."""
    language, _, title = info.partition(" ")
    title, _, note = title.partition(" | ")
    return language, title or NAMES.get(language, language), note


def _sections(title: str, tokens: list[Token]) -> tuple[Section, ...]:
    found: list[tuple[str, str, int, list[str]]] = [("", title, 1, [])]
    before = ""
    for token in tokens:
        if token.type == "heading_close":
            found.append((token.meta["id"], token.meta["title"], int(token.tag[1]), []))
        elif token.type == "fence" or (token.type == "inline" and before != "heading_open"):
            found[-1][3].append(_words(token))
        before = token.type
    return tuple(Section(name, title, level, " ".join(words)) for name, title, level, words in found)


def _words(token: Token) -> str:
    samples: Any = token.meta.get("samples")
    if samples:
        return ""  # a call in five languages; the text around it says what it is for
    children = token.children or []
    return "".join(child.content or " " for child in children) if children else token.content
