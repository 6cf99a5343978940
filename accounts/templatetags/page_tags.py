"""Tags and filters for icons, badges, programs and fields; built into every template."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, Select
from django.http import QueryDict
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, TextNode, Token
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.mail.outbox import CONSOLE
from accounts.web import form_drafts, notices, user_agents

register = template.Library()


@register.tag("icon")
def compile_icon(parser: Parser, token: Token) -> Node:
    """`{% icon "key" %}`: what icon() makes; of a name that is written out, once for all its pages."""
    values = [parser.compile_filter(value) for value in token.split_contents()[1:]]
    if any(value.is_var for value in values):
        return IconNode(values)
    return TextNode(icon(*(value.resolve(Context()) for value in values)))


class IconNode(Node):
    """A picture whose name the page decides."""

    def __init__(self, values: list[FilterExpression]) -> None:
        self.values = values

    def render(self, context: Context) -> SafeString:
        """The picture."""
        return icon(*(value.resolve(context) for value in self.values))


@cache
def icon(name: str, css: str = "") -> SafeString:
    """A picture of the sprite, beside a word that says the same."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def badge(kind: str, icon_name: str, label: str) -> SafeString:
    """`{% badge "warning" "clock" "Expires soon" %}`; kind: ok, notice, warning, danger, "" (neutral)."""
    return format_html(
        '<span class="badge{}">{}{}</span>', f" badge-{kind}" if kind else "", icon(icon_name), label
    )


@register.simple_tag
def addresses() -> dict[str, str]:
    """`{% addresses as named %}`: what the operator wants named: terms, privacy, support; "" where unset."""
    return {
        "terms": settings.TERMS_URL,
        "privacy": settings.PRIVACY_URL,
        "support": settings.SUPPORT_EMAIL,
    }


@register.simple_tag
def mail_is_printed() -> bool:
    """Whether mails go nowhere but to the server's output."""
    return bool(settings.EMAIL_BACKEND == CONSOLE)


@register.filter
def program_name(agent: str) -> str:
    """The program behind a User-Agent header: `Chrome 131 on Linux`, `curl/8.5`."""
    return user_agents.program_name(agent)


@register.filter
def breakable(address: str) -> SafeString:
    """A network address that may wrap behind a colon but not within a group: IPv6 is long."""
    *groups, last = address.split(":")
    return format_html_join("", "{}:<wbr>", ((group,) for group in groups)) + conditional_escape(last)


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's control, tied to its help or error, which includes/field.html shows."""
    note = (
        f"{field.id_for_label}-error"
        if field.errors
        else f"{field.id_for_label}-help"
        if field.help_text
        else ""
    )
    css = "select" if isinstance(field.field.widget, Select) else "input"
    own = field.field.widget.attrs.get("class", "")
    attributes: dict[str, str | bool] = {"class": f"{css} {own}".strip()}
    if field.form.is_bound and field.form.errors:
        # Where something is wrong is where to go on: False takes away what the form says.
        attributes["autofocus"] = field.name == _first_bad_field(field.form)
    if note:
        attributes["aria-describedby"] = note
    return field.as_widget(attrs=attributes)


@register.simple_tag(takes_context=True)
def form_of(context: dict[str, Any]) -> SafeString:
    """The hidden field that keeps a form which is sent after the session ended for who it was shown to."""
    return format_html(
        '<input type="hidden" name="{}" value="{}" autocomplete="off">',
        form_drafts.FORM_OF,
        form_drafts.mark_of(context["request"].user),
    )


def _first_bad_field(form: BaseForm) -> str | None:
    return next((name for name in form.fields if name in form.errors), None)


@register.simple_tag(takes_context=True)
def error_mark(context: Context) -> str:
    """`Error: ` for the title of a page on which a form was refused, else nothing."""
    # By their type: to ask a lazy user what it is would load it.
    forms: Iterator[Any] = (each for each in context.flatten().values() if issubclass(type(each), BaseForm))
    return "Error: " if any(form.is_bound and form.errors for form in forms) else ""


@register.filter
def as_json(value: Any) -> str:
    """JSON for a `data-` attribute, which a script of ours reads."""
    return json.dumps(value)


@register.filter
def as_notice(message: Any) -> dict[str, str]:
    """A message of django.contrib.messages as includes/notice.html takes it."""
    return notices.as_notice(message)


@register.simple_tag(takes_context=True)
def page_url(context: dict[str, Any], number: int) -> str:
    """The address of another page of the list being shown, its filters kept."""
    query: QueryDict = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
