"""Tags and filters for moments and lengths of time; built into every template."""

from datetime import UTC, datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.utils.durations import duration_in_words

register = template.Library()

RELATIVE_FOR = timedelta(days=30)
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


@register.simple_tag
def lifetime(setting: str) -> str:
    """`{% lifetime "AUTHORIZATION_CODE_SECONDS" %}`: `60 seconds`, as the setting is."""
    return duration_in_words(getattr(settings, setting))


@register.filter
def in_words(length: timedelta) -> str:
    """A length of time: `24 hours`."""
    return duration_in_words(int(length.total_seconds()))


@register.filter
def seconds_in_words(seconds: int) -> str:
    """The same of a number of seconds."""
    return duration_in_words(seconds)


@register.filter
def day(at: datetime) -> SafeString:
    """`22 February 2027` in the reader's zone, the exact moment in the title."""
    return _time(at, _long(timezone.localtime(at)))


@register.filter
def short_day(at: datetime) -> SafeString:
    """`22 Feb 2027`, for tables."""
    return _time(at, _short(timezone.localtime(at)))


@register.filter
def utc_day(at: datetime) -> SafeString:
    """`22 February 2027` as UTC counts days, in which keys expire."""
    return _time(at, _long(at.astimezone(UTC)))


@register.filter
def short_utc_day(at: datetime) -> SafeString:
    """`22 Feb 2027`, the same for tables."""
    return _time(at, _short(at.astimezone(UTC)))


@register.filter
def exact_time(at: datetime) -> SafeString:
    """`24 Nov 2026, 09:12:04` in the reader's zone, in text that can be copied."""
    local = timezone.localtime(at)
    return _time(at, f"{_short(local)}, {local:%H:%M:%S}")


@register.filter
def ago(at: datetime) -> str:
    """`3 minutes ago`, `43 days ago`: how long ago, however long, without a `<time>` of its own."""
    return _away(at, timezone.now())


@register.filter
def relative_time(at: datetime) -> SafeString:
    """`3 minutes ago`, `in 5 days`; the day when that is more than 30 days away."""
    return _time(at, _relative(at))


def _time(at: datetime, words: str) -> SafeString:
    """The words, with the moment for programs, and exactly in the reader's zone for who points at it."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}, {}">{}</time>',
        f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        _long(local),
        f"{local:%H:%M %Z}",
        words,
    )


def _long(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _short(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _relative(at: datetime) -> str:
    now = timezone.now()
    return _long(timezone.localtime(at)) if abs(at - now) > RELATIVE_FOR else _away(at, now)


def _away(at: datetime, now: datetime) -> str:
    away = at - now
    seconds = int(abs(away).total_seconds())
    for unit, length in UNITS:
        if count := seconds // length:
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if away > timedelta(0) else f"{words} ago"
    return "in less than a minute" if away > timedelta(0) else "just now"
