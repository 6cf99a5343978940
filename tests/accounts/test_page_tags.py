from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


def rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=-3, seconds=-59), "3 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=-23, minutes=-59), "23 hours ago"),
        (timedelta(days=-30), "30 days ago"),
        (timedelta(days=-30, seconds=-1), "25 October 2026"),
        (timedelta(seconds=30), "in less than a minute"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(days=5), "in 5 days"),
        (timedelta(days=90), "22 February 2027"),
    ],
)
def test_a_moment_is_relative_within_thirty_days(away: timedelta, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert rendered("{{ at|relative_time }}", at=NOW + away).endswith(f">{words}</time>")


def test_a_moment_carries_its_exact_time_in_utc() -> None:
    with time_machine.travel(NOW, tick=False):
        assert rendered("{{ at|relative_time }}", at=datetime(2026, 11, 24, 10, 2, tzinfo=UTC)) == (
            '<time datetime="2026-11-24T10:02:00Z" title="24 November 2026, 10:02 UTC">3 minutes ago</time>'
        )


def test_days_are_long_in_sentences_and_short_in_tables() -> None:
    at = datetime(2027, 2, 2, 23, 30, tzinfo=UTC)
    assert ">2 February 2027</time>" in rendered("{{ at|day }}", at=at)
    assert ">2 Feb 2027</time>" in rendered("{{ at|short_day }}", at=at)


def test_a_badge_has_an_icon_and_a_word() -> None:
    badge = rendered('{% badge "warning" "clock" label %}', label="<soon>")
    assert badge.startswith('<span class="badge badge-warning"><svg class="icon" aria-hidden="true">')
    assert badge.endswith('/static/icons.svg#clock"/></svg>&lt;soon&gt;</span>')
    assert rendered('{% badge "" "dashed" "Never used" %}').startswith('<span class="badge"><svg')


class NameForm(forms.Form):
    name = forms.CharField(help_text="What will use it.", error_messages={"required": "Name is empty."})


def test_a_field_ties_its_help_to_the_control() -> None:
    html = rendered('{% include "includes/field.html" with field=form.name %}', form=NameForm())
    assert 'aria-describedby="id_name-help"' in html
    assert '<p class="field-help" id="id_name-help">What will use it.</p>' in html
    assert "aria-invalid" not in html


def test_an_error_replaces_the_help_of_a_field() -> None:
    html = rendered('{% include "includes/field.html" with field=form.name %}', form=NameForm({"name": ""}))
    assert 'aria-describedby="id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert "Name is empty." in html
    assert "What will use it." not in html


def test_another_page_of_a_list_keeps_its_filters() -> None:
    request = RequestFactory().get("/settings/activity/?event=login&page=2")
    assert rendered("{% page_url 3 %}", request=request) == "?event=login&amp;page=3"
