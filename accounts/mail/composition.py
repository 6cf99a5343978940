"""The words of a mail, in plain text and HTML, from one template.

A mail's template fills the blocks of email/parts.txt, with plain text: a blank line divides paragraphs,
a line of `facts` is `Label: value`, one of `links` is `Label: address`, and the first of these is a button.
How it looks is in email/layout.txt and email/layout.html alone.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

SUBJECT_PREFIX = "[Craft] "
# The blocks of email/parts.txt, in its order.
PARTS = ("subject", "preview", "before", "code", "facts", "after", "links", "note", "why")


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says. The subject is one line."""

    subject: str
    text: str
    html: str


def compose(template: str, context: dict[str, Any]) -> Words:
    """Render `<template>.txt` with this context and `web_url`."""
    with timezone.override(UTC):  # in which all mails tell times, whatever the zone of who caused one
        return _compose(template, context)


def _compose(template: str, context: dict[str, Any]) -> Words:
    cut = secrets.token_hex(16)  # which nothing that people typed can hold
    context = {**context, "web_url": settings.WEB_URL, "cut": cut}
    parts = dict(zip(PARTS, render_to_string(f"{template}.txt", context).split(cut), strict=True))
    subject = " ".join(parts["subject"].split())
    facts, links = _pairs(parts["facts"]), _pairs(parts["links"])
    said = {
        "subject": subject,
        "preview": " ".join(parts["preview"].split()),
        "before": _paragraphs(parts["before"]),
        "code": parts["code"].strip(),
        "facts": facts,
        "label_width": max((len(label) for label, _ in facts), default=0),
        "after": _paragraphs(parts["after"]),
        "links": links,
        "note": _paragraphs(parts["note"]),
        "why": " ".join(parts["why"].split()),
        "web_url": settings.WEB_URL,
    }
    text, html = (render_to_string(f"email/layout.{kind}", said).strip() + "\n" for kind in ("txt", "html"))
    return Words(f"{SUBJECT_PREFIX}{subject}", text, html)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", text) if each.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    """`Label: value`, a line each."""
    lines = (line.partition(":") for line in text.splitlines() if line.strip())
    return [(label.strip(), value.strip()) for label, _, value in lines]
