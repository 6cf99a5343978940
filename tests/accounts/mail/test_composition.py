"""One template for all mails: plain text and HTML that say the same, and nothing in them is a stranger's."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.mail.composition import compose

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SHARED = {
    "asked",
    "notification",
    "new_password",
    "about_key",
    "about_app",
    "about_factors",
}  # what others extend
MAILS = sorted(
    str(path.relative_to(TEMPLATES).with_suffix(""))
    for path in TEMPLATES.glob("*/email/*.txt")
    if path.stem not in SHARED
)
AGENT = "Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0"
CONTEXT: dict[str, Any] = {
    "email": "grace@example.com",
    "code": "K7M-2QX",
    "name": "Grace",
    "app_name": "Acme Sync",
    "ip": "203.0.113.204",
    "user_agent": AGENT,
    "timestamp": datetime(2026, 11, 23, 18, 5, tzinfo=UTC),
    "password_reset_url": "http://localhost:8000/password/reset/key/1-a-b/?x=1&y=2",
    "login_link_url": "http://localhost:8000/login/link/a/",
    "signup_url": "http://localhost:8000/signup/",
    "key": {"name": "Reports bot", "uid": "key_1", "permission": "read-only"},
    "shown_id": "craft_key_0123456789ab",
    "at": datetime(2026, 11, 23, 18, 5, tzinfo=UTC),
    "reason": "Found in a public repository.",
    "grace": "24 hours",
    "app": {"name": "Acme Sync", "client_id": "app_1", "shown_website": "acme.example"},
    "with_what": "your password",
    "from_email": "grace@example.com",
    "to_email": "hopper@example.com",
    "added": ["acme.example/callback"],
    "lines": [("API key", "Reports bot"), ("Session", "Firefox 133 on Windows")],
    "keys": [{"name": "Reports bot", "shown_id": "craft_key_0123456789ab", "when": "in 7 days"}],
}


class Reader(HTMLParser):
    """The words and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._skips = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._skips = tag in ("style", "title") or "display:none" in str(dict(attrs).get("style"))
        if tag == "a":
            self.links.append(str(dict(attrs)["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._skips = False

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.words += data.split()


def test_every_mail_that_is_sent_is_looked_at_here() -> None:
    assert len(MAILS) >= 8
    assert {"account/email/password_changed", "oauth/email/token_reuse"} <= set(MAILS)


@pytest.mark.parametrize("template", MAILS)
def test_text_and_html_of_every_mail_say_the_same(template: str) -> None:
    mail = compose(template, CONTEXT)
    page = Reader(mail.html)
    assert mail.subject.startswith("[Craft] ")
    links = re.findall(r"https?://\S+", mail.text)
    assert links
    assert sorted(page.links) == sorted(links)
    plain = set(re.findall(r"\w+", mail.text)) - set(re.findall(r"\w+", " ".join(links)))
    assert not plain - set(re.findall(r"\w+", " ".join(page.words)))
    assert not [line for line in mail.text.splitlines() if len(line) > 72 and "http" not in line]
    assert not page.tags & {"img", "script", "link", "iframe", "form"}


def test_a_notice_says_with_what_from_where_and_when() -> None:
    lines = compose("account/email/password_changed", CONTEXT).text.splitlines()
    assert lines[lines.index("  Address  203.0.113.204") - 1 :][:3] == [
        "  Browser  Firefox 133 on Windows",
        "  Address  203.0.113.204",
        "  When     23 November 2026, 18:05 UTC",
    ]


def test_what_people_typed_is_text_in_both_and_no_header() -> None:
    evil = {**CONTEXT, "app_name": "<b>A&B</b>\r\nBcc: all@example.com", "name": "{{ web_url }} <script>"}
    mail = compose("oauth/email/token_reuse", evil)
    assert mail.subject == "[Craft] <b>A&B</b> Bcc: all@example.com was disconnected"
    assert "Hello {{ web_url }} <script>," in mail.text
    assert "<b>A&B</b>" in mail.text
    page = Reader(mail.html)
    assert not page.tags & {"b", "script"}
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in mail.html


def test_an_address_of_a_link_keeps_its_query() -> None:
    mail = compose("account/email/password_reset_key", CONTEXT)
    assert f"\n  {CONTEXT['password_reset_url']}\n" in mail.text
    assert CONTEXT["password_reset_url"] in Reader(mail.html).links
