"""A key's first page: facts, plots, endpoints and callers; its requests; both as files; its first use."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.web import client as callers
from apikeys import lookup, tokens, usage
from apikeys.models import APIKey, APIKeyCaller, APIKeyUsage, Outcome, TryReason
from apikeys.services import create_key, delete_key, disable_key, revoke_key, rotate_key
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import LAPTOP, call, count, use
from tests.cases import cases
from tests.fixtures import signed_in

Key = tuple[APIKey, str]
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def page_of(browser: Client, key: APIKey, page: str = "") -> str:
    return browser.get(f"/settings/api-keys/{key.uid}/{page}", follow=True).content.decode()


def rows_of(browser: Client, key: APIKey, file: str) -> list[list[str]]:
    answer = browser.get(f"/settings/api-keys/{key.uid}/{file}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{key.uid}-')
    return list(csv.reader(io.StringIO(answer.content.decode())))


def caller(
    key: APIKey, address: str, agent: str = "curl/8.5", *, ago: timedelta = DAY, **fields: object
) -> None:
    at = timezone.now() - ago
    secret = key.secrets.order_by("-pk").values_list("public_id", flat=True)[0]
    row = {"public_id": secret, "requests": 1, **fields}
    APIKeyCaller.objects.create(
        key=key, day=at.date(), address=address, agent=agent, first_at=at, last_at=at, **row
    )


def test_the_page_has_the_facts(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    now = timezone.now()
    APIKey.objects.filter(pk=key.pk).update(expires_at=now + 67 * DAY)
    lookup.authenticate_key(tokens.parse(raw), call())
    page = text_of(page_of(alice_browser, key))
    assert "Reports bot Active" in page
    assert key.shown_id in page
    assert "Permission Read-only Last used just now from 203.0.113.7 by curl/8.5" in page
    assert f"Expires in 67 days {now + 67 * DAY:%-d %B %Y} Created {now:%-d %B %Y}" in page
    assert "It was used just now . Its callers start failing with 401 at once." in text_of(
        page_of(alice_browser, key, "settings/")
    )


def test_a_key_never_used_says_so(alice_browser: Client, read_only: Key) -> None:
    page = text_of(page_of(alice_browser, read_only[0]))
    assert "Last used Never Expires Never" in page
    assert "Nobody has used this key" in page
    assert "Nothing was called with this key in this time." in page
    assert "No requests from" in page
    assert "Nothing has used it so far." in page_of(alice_browser, read_only[0], "settings/")
    requests = page_of(alice_browser, read_only[0], "requests/")
    assert "Nobody was refused" in requests
    assert "No request in 7 days" in requests


def test_the_figures_the_plot_and_its_words_say_the_same(alice: User, read_only: Key) -> None:
    key, _ = read_only
    with time_machine.travel(NOON, tick=False):
        browser = signed_in(alice)
        count(key, NOON - 3 * DAY, 8366)
        count(key, NOON - 3 * DAY, 37, outcome=Outcome.REFUSED)
        count(key, NOON - 2 * DAY, 9, outcome=Outcome.FAILED)
        count(key, NOON, 1, outcome=Outcome.FAILED)
        count(key, NOON - 31 * DAY, 1000)
        html = page_of(browser, key)
    page = text_of(html)
    assert "Succeeded 8,366 99.4 % Refused (401, 403) 37 Over the limit (429) 0 Failed (5xx) 10" in page
    assert (
        "8,413 requests from Mon 26 October to Tue 24 November. 37 refused, all on Sat 21 November. "
        "10 failed, the last on Tue 24 November." in page
    )
    plot = html.split("<figure")[1].split("</figure>")[0]
    assert plot.count('class="hit"') == 30
    assert "<title>Sat 21 November: 8,403 requests, 37 refused</title>" in plot
    assert plot.count('class="refused"') == 1
    assert plot.count('class="failed"') == 2
    assert "Not valid" not in page


def test_what_was_not_valid_is_no_success(alice_browser: Client, read_only: Key) -> None:
    count(read_only[0], timezone.now(), 3)
    count(read_only[0], timezone.now(), 1, outcome=Outcome.INVALID)
    assert "Succeeded 3 75.0 % Not valid (other 4xx) 1 Refused" in text_of(
        page_of(alice_browser, read_only[0])
    )


@cases(
    ("query", "bars", "words", "requests"),
    [
        ("?show=48h", 48, "Per hour, last 48 hours, in UTC", 1),
        ("?show=30d", 30, "Per day, last 30 days, in UTC", 3),
        ("?show=1y", 365, "Per day, last 1 year, in UTC", 7),
        ("?show=ten-years", 30, "Per day, last 30 days, in UTC", 3),
    ],
)
def test_a_span_shows_its_hours_or_days(
    alice_browser: Client, read_only: Key, query: str, bars: int, words: str, requests: int
) -> None:
    key, _ = read_only
    now = timezone.now()
    count(key, now, 1)
    count(key, now - 5 * DAY, 2)
    count(key, now - 300 * DAY, 4)
    html = page_of(alice_browser, key, query)
    assert html.count('class="hit"') == bars
    assert words in text_of(html)
    assert f"Succeeded {requests} 100.0 %" in text_of(html)


def test_the_top_endpoints_are_routes(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for route, requests in (("/v1/me", 5), ("/v1/projects/{id}/files/{path}", 2000)):
        APIKeyUsage.objects.create(
            key=key, period="day", at=day, route=route, method="GET", outcome="ok", requests=requests
        )
    page = text_of(page_of(alice_browser, key))
    assert "GET /v1/projects/{id}/files/{path} 2,000 GET /v1/me 5" in page


def test_callers_are_listed_with_program_and_moments(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    caller(key, "203.0.113.40", "nightly-export/3.0 <b>", ago=2 * DAY, requests=8000)
    caller(key, "203.0.113.40", "nightly-export/3.0 <b>", ago=timedelta(minutes=5), requests=198)
    caller(key, "2001:db8:4f1a:77::1c9e", "", ago=DAY)
    html = page_of(alice_browser, key)
    assert "nightly-export/3.0 &lt;b&gt;" in html
    page = text_of(html.replace("<wbr>", ""))
    assert "203.0.113.40 nightly-export/3.0 &lt;b&gt; 8,198 2 days ago 5 minutes ago" in page
    assert "2001:db8:4f1a:77::1c9e 1 1 day ago 1 day ago" in page


def test_more_callers_than_fit_are_summed_up(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    for number in range(52):
        caller(key, f"192.0.2.{number}", ago=timedelta(minutes=number))
    caller(key, "", "", is_rest=True, requests=1000, ago=3 * DAY)
    page = text_of(page_of(alice_browser, key))
    assert "192.0.2.49" in page
    assert "192.0.2.50" not in page
    assert "Others beyond 50 a day 1,002 3 days ago" in page
    rows = rows_of(alice_browser, key, "callers.csv")
    assert len(rows) == 1 + 53
    assert rows[-1][0] == "others"


def test_the_counts_come_as_a_file(alice: User, read_only: Key) -> None:
    key, _ = read_only
    with time_machine.travel(NOON, tick=False):
        browser = signed_in(alice)
        count(key, NOON, 3)
        count(key, NOON, 2, outcome=Outcome.LIMITED)
        days, hours = (rows_of(browser, key, f"usage.csv?show={span}") for span in ("30d", "48h"))
    head = ["at", "ok", "refused", "limited", "invalid", "failed", "reads", "writes", "deletes"]
    assert days[0] == hours[0] == head
    assert (len(days), len(hours)) == (31, 49)
    assert days[-1] == ["2026-11-24T00:00:00+00:00", "3", "0", "2", "0", "0", "5", "0", "0"]
    assert hours[-1][0] == "2026-11-24T12:00:00+00:00"


@pytest.mark.matrix  # odd input
@cases(
    ("agent", "cell"),
    [
        *((formula, f"'{formula}") for formula in ("=1+1", "+1", "-1", "@SUM(A1)")),
        ("\t=1", "'\t'=1"),
        ("x;=1", "x;'=1"),  # where spreadsheets separate by semicolons
        ("x; =1|-1", "x; '=1|'-1"),
        ("curl/8.5; a-b=c", "curl/8.5; a-b=c"),
    ],
)
def test_no_cell_of_a_file_or_part_of_one_is_a_formula(
    alice_browser: Client, read_only: Key, agent: str, cell: str
) -> None:
    caller(read_only[0], "203.0.113.7", f'{agent},"\n')
    [_, row] = rows_of(alice_browser, read_only[0], "callers.csv")
    assert row[:4] == ["203.0.113.7", f'{cell},"\n', read_only[1][10:22], "1"]


def test_who_was_not_let_in_is_listed_by_reason_and_address(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    for _ in range(3):
        usage.record_try(key.pk, TryReason.WRONG_SECRET, callers.Client(ip="198.51.100.7", agent="curl"))
    disable_key(key)
    with pytest.raises(lookup.KeyRefused):
        lookup.authenticate_key(tokens.parse(raw), call())
    usage.flush()
    page = text_of(page_of(alice_browser, key, "requests/"))
    assert "198.51.100.7 curl Wrong secret the public id is known there, the key is not 3 just now" in page
    assert "203.0.113.7 curl/8.5 The key is disabled with the right secret 1 just now" in page
    assert "3 tries with a wrong secret" in text_of(page_of(alice_browser, key))


def test_the_last_requests_are_listed_newest_first(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    for status in (200, 404, 429, 500):
        use(key, LAPTOP, status=status)
    usage.flush()
    html = page_of(alice_browser, key, "requests/")
    page = text_of(html)
    assert "GET /v1/me 500 203.0.113.7 just now GET /v1/me 429 over the limit 203.0.113.7 just now" in page
    assert "Requests 4" in page
    assert raw[-38:] not in html
    for _ in range(120):
        use(key, LAPTOP)
    usage.flush()
    assert page_of(alice_browser, key, "requests/").count("<code title=") == 100


@cases("part", ["", "requests/", "settings/", "delete/"])
def test_a_deleted_key_can_only_be_restored(alice_browser: Client, read_only: Key, part: str) -> None:
    key, _ = read_only
    delete_key(key)
    html = page_of(alice_browser, key, part)
    assert "You deleted this key" in html
    assert f'action="/settings/api-keys/{key.uid}/restore/"' in html
    for ended in ("delete/", "rotate/", "disable/", "enable/"):
        assert f"/settings/api-keys/{key.uid}/{ended}" not in html
    assert 'name="permission"' not in html


@cases("part", ["", "settings/", "delete/", "restore/"])
def test_a_revoked_key_says_why_and_offers_nothing(alice_browser: Client, read_only: Key, part: str) -> None:
    key, _ = read_only
    revoke_key(key, reason="Found on <a public page>", by="staff")
    html = page_of(alice_browser, key, part)
    assert "Found on &lt;a public page&gt;" in html
    assert f"/settings/api-keys/{key.uid}/restore/" not in html
    assert f"/settings/api-keys/{key.uid}/delete/" not in html


def test_a_key_that_ended_more_than_seven_days_ago_is_not_found(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    APIKey.objects.filter(pk=key.pk).update(deleted_at=timezone.now() - 7 * DAY)
    assert alice_browser.get(f"/settings/api-keys/{key.uid}/").status_code == 404


def test_the_first_use_is_told_with_address_and_program(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    path = f"/settings/api-keys/{key.uid}/first-use/"
    waiting = alice_browser.get(path)
    assert waiting.json() == {"received": False}
    assert "no-store" in waiting["Cache-Control"]
    lookup.authenticate_key(tokens.parse(raw), call())
    assert alice_browser.get(path).json() == {"received": True, "from": "203.0.113.7", "agent": "curl/8.5"}
    rotate_key(key, grace=0)
    assert alice_browser.get(path).json() == {"received": False}


def test_a_use_from_nowhere_is_told_too(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    lookup.authenticate_key(tokens.parse(raw), call(callers.NOBODY))
    answer = alice_browser.get(f"/settings/api-keys/{key.uid}/first-use/").json()
    assert answer == {"received": True, "from": "", "agent": ""}


def test_a_long_name_is_short_only_in_the_breadcrumb(alice: User, alice_browser: Client) -> None:
    key, _ = create_key(alice, name="W" * 100, permission="read-only")
    page = page_of(alice_browser, key)
    assert f"<span>{'W' * 100}</span>" in page
    assert f'<li aria-current="page">{"W" * 39}…</li>' in page
