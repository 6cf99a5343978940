"""The one notice bar that the next page shows: what happened, what follows, and a way back."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import conditional_escape

LEVELS = {
    "ok": messages.SUCCESS,
    "notice": messages.INFO,
    "warning": messages.WARNING,
    "danger": messages.ERROR,
}
ICONS = {"ok": "ok", "notice": "info", "warning": "alert", "danger": "alert"}


def notify(
    request: HttpRequest,
    text: str,
    *,
    kind: str = "ok",
    detail: str = "",
    action_url: str = "",
    action_label: str = "Undo",
) -> None:
    """Leave a notice for the next page.

    `text` may hold markup if it comes from format_html (`<strong>Reports bot</strong> is deleted.`);
    `detail` is a second, plain line. With `action_url` the bar ends in a button that POSTs there.
    Never a secret: notices travel in a cookie.
    """
    extra = (
        json.dumps({"detail": detail, "url": action_url, "label": action_label})
        if detail or action_url
        else ""
    )
    messages.add_message(request, LEVELS[kind], conditional_escape(text), extra_tags=extra)


def as_notice(message: Any) -> dict[str, str]:
    """What includes/notice.html needs of a message, also of one that came from elsewhere."""
    kind = next((kind for kind, level in LEVELS.items() if level == message.level), "notice")
    try:
        extra = json.loads(message.extra_tags or "{}")
    except ValueError:
        extra = {}
    return {
        "kind": kind,
        "icon": ICONS[kind],
        "text": message.message,
        "detail": extra.get("detail", ""),
        "action_url": extra.get("url", ""),
        "action_label": extra.get("label", ""),
    }
