"""Cells of the admin's lists."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.models import User
from accounts.templatetags.page_tags import icon

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[dict[str, Any]]) -> Iterator[SafeString]:
    """A row's cells, as Django makes them, each with its column's name in `data-label`."""
    for cell, header in zip(cells, headers, strict=True):
        mark = format_html('<td data-label="{}" ', capfirst(header["text"]))
        yield SafeString(cell.replace("<td ", mark, 1))


def account_link(user: User) -> str:
    """A person's address, leading to the account, over their name."""
    link = format_html(
        '<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[user.pk]), user.email
    )
    return over(link, user.name)


def over(first: str, second: str, css: str = "") -> SafeString:
    """Two lines of a cell; the second is small, and left out where there is nothing to say."""
    small = format_html("<small{}>{}</small>", format_html(' class="{}"', css) if css else "", second)
    return format_html("{}{}", first, small if second else "")


def state(tone: str, icon_name: str, label: str) -> SafeString:
    """One word for a row, with its picture; tone: ok, notice, warning, danger, "" (neutral)."""
    css = f" state-{tone}" if tone else ""
    return format_html('<span class="state{}">{}{}</span>', css, icon(icon_name), label)
