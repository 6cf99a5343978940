"""The blocks of code of a page of the documentation, as its Markdown has them."""

import re
from textwrap import dedent

from django.test import Client

from craft.docs.languages import NAMES

BLOCK = re.compile(r"^( *)```(\S+)(?: ([^\n]+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def blocks(path: str) -> list[tuple[str, str]]:
    """(title, code) of each block of the page at `path`, in their order."""
    text = Client().get(f"{path.rstrip('/')}.md").content.decode()
    return [
        ((title or NAMES[language]).partition(" | ")[0], dedent(code).rstrip("\n"))
        for _, language, title, code in BLOCK.findall(text)
    ]
