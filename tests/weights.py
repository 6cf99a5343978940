"""What a page weighs on its way, with all that it loads."""

import gzip
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

MOST = 60_000  # bytes
LOADED = re.compile(r'(?:href|src)="(/static/[^"#]+)')


def weight_of(browser: Client, path: str) -> int:
    """The page as it is sent, and the static files that it names, which go compressed."""
    response = browser.get(path, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200, path
    sent = response.content
    page = gzip.decompress(sent) if response.get("Content-Encoding") == "gzip" else sent
    return len(sent) + sum(map(_compressed, {*LOADED.findall(page.decode()), "/static/icons.svg"}))


@cache
def _compressed(address: str) -> int:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str)
    return len(gzip.compress(Path(found).read_bytes()))
