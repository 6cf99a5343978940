"""Account Settings → Activity: what is shown of the log, to whom, and what it is narrowed by."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import security_log
from accounts.events import Event
from accounts.models import Activity, User
from accounts.web.client import ActingCredential
from accounts.web.client import Client as Caller
from api.oauth.models import Application
from api.oauth.services.applications import create_app
from api.oauth.services.grants import grant_access, revoke_grant
from apikeys.services import create_key
from craft.activity.kinds import KINDS
from tests.activity_lines import change, forget
from tests.cases import cases

PAGE, FILE = "/settings/activity/", "/settings/activity/activity.csv"
NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"


def text_of(response: Any) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def line(
    user: User,
    event: Event,
    at: datetime | None = None,
    acting: ActingCredential | None = None,
    **details: Any,
) -> Activity:
    ip, agent = details.pop("ip", "203.0.113.7"), details.pop("agent", "curl/8.5")
    credential = details.pop("credential", "")
    client = Caller(ip, agent, acting or ActingCredential("session"))
    made = security_log.record(user, event, client, credential=credential, **details)
    if at is not None:
        change(Activity.objects.filter(pk=made.pk), at=at)
    return made


def names(browser: Client, **asked: str) -> list[str]:
    """What the lines that are shown are about."""
    return [entry.thing for entry in browser.get(PAGE, asked).context["entries"]]


def app_of(user: User, name: str = "Acme Sync") -> Application:
    return create_app(user, name=name, redirect_uris="https://app.acme.com/callback")[0]


def test_every_event_is_of_one_kind() -> None:
    assert sorted(event for _, events in KINDS.values() for event in events) == sorted(Event)


def test_a_line_says_when_exactly_and_how_long_ago_however_old(alice: User, alice_browser: Client) -> None:
    line(alice, Event.KEY_CREATED, datetime.now(UTC) - timedelta(days=43), name="Reports bot")
    text = text_of(alice_browser.get(PAGE))
    assert re.search(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d:\d\d 43 days ago", text)


def test_times_and_days_are_those_of_the_readers_zone(alice: User, alice_browser: Client) -> None:
    late = datetime.now(UTC).replace(hour=20, minute=30, second=5) - timedelta(days=2)
    line(alice, Event.KEY_CREATED, late, name="Late")
    day, next_day = (f"{late.date() + timedelta(days=days)}" for days in (0, 1))
    assert f"{late:%-d %b %Y}, 20:30:05" in text_of(alice_browser.get(PAGE))
    assert names(alice_browser, since=day, until=day) == ["Late"]
    alice_browser.post("/settings/profile/", {"name": "Alice", "time_zone": "Asia/Tokyo"})
    page = text_of(alice_browser.get(PAGE))
    assert f"{date.fromisoformat(next_day):%-d %b %Y}, 05:30:05" in page
    assert "Times in Asia/Tokyo" in page
    assert names(alice_browser, since=day, until=day) == []
    assert names(alice_browser, since=next_day, until=next_day) == ["Late"]
    (row,) = rows(alice_browser, since=next_day, until=next_day)
    assert row["Time"] == f"{next_day}T05:30:05+09:00"


def test_scopes_are_said_in_words(alice: User, bob: User, alice_browser: Client) -> None:
    grant_access(alice, app_of(bob), ["read", "write"])
    assert "Acme Sync , may view, create and change" in text_of(alice_browser.get(PAGE))


def test_a_line_leads_to_what_is_there_still(alice: User, bob: User, alice_browser: Client) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    app = app_of(alice)
    grant = grant_access(alice, app, ["read"])
    page = alice_browser.get(PAGE).content.decode()
    urls = (
        f"/settings/api-keys/{key.uid}/",
        f"/settings/developer-apps/{app.client_id}/",
        f"/settings/connected-apps/#{grant.uid}",
    )
    for url in urls:
        assert f'<a href="{url}">' in page
    revoke_grant(grant)
    key.delete()
    app.delete()
    page = alice_browser.get(PAGE).content.decode()
    assert "Reports bot" in page
    assert not [url for url in urls if f'<a href="{url}">' in page]


def test_a_line_never_leads_to_what_is_anothers(alice: User, bob: User, alice_browser: Client) -> None:
    key, _ = create_key(bob, name="Bob's", permission="read-only")
    line(alice, Event.KEY_CREATED, credential=key.uid, name="Odd")
    assert key.uid not in alice_browser.get(PAGE).content.decode()


def test_a_line_says_with_what_it_was_done(alice: User, alice_browser: Client) -> None:
    key, _ = create_key(alice, name="Deploy from CI", permission="read-write")
    forget()
    done: list[tuple[ActingCredential, dict[str, Any]]] = [
        (ActingCredential("api_key", key.uid, "Deploy from CI"), {}),
        (ActingCredential("oauth", "app_gone", "Acme Sync"), {}),
        (ActingCredential("session"), {"agent": MAC}),
        (ActingCredential(), {"by": "staff", "ip": None, "agent": ""}),
        (ActingCredential(), {"by": "command line", "ip": None, "agent": ""}),
        (ActingCredential(), {"ip": None, "agent": ""}),
    ]
    for number, (acting, details) in enumerate(done):
        line(alice, Event.PROFILE_CHANGED, NOW - timedelta(seconds=number), acting, **details)
    response = alice_browser.get(PAGE)
    entries = [(entry.by, entry.by_url, entry.agent) for entry in response.context["entries"]]
    assert entries == [
        ("Deploy from CI", f"/settings/api-keys/{key.uid}/", "curl/8.5"),
        ("Acme Sync", "", "curl/8.5"),
        ("Chrome 131 on macOS", "", ""),
        ("Craft's staff", "", ""),
        ("Command line", "", ""),
        ("Craft itself", "", ""),
    ]


@pytest.fixture
def log(alice: User, bob: User) -> None:
    """Alice's log, an hour between its lines, beginning now; and the same of Bob's."""
    forget()
    for user in (alice, bob):
        owner = "" if user is alice else "Bob's "
        for number, (event, name, acting, details) in enumerate(
            (
                (Event.LOGIN, "one", ActingCredential("session"), {"agent": MAC}),
                (Event.KEY_CREATED, "two", ActingCredential("api_key", "key_1", "Reports bot"), {}),
                (Event.KEY_DELETED, "three", ActingCredential("api_key", "key_2", "Other"), {}),
                (
                    Event.GRANT_CREATED,
                    "four",
                    ActingCredential("oauth", "app_1", "Acme"),
                    {"ip": "2001:db8::1"},
                ),
                (Event.APP_CREATED, "100%", ActingCredential(), {"credential": "app_2"}),
            )
        ):
            at = datetime.now(UTC) - timedelta(days=number)
            line(user, event, at, acting, name=f"{owner}{name}", **details)


@pytest.mark.matrix  # each filter
@pytest.mark.usefixtures("log")
@cases(
    ("asked", "found"),
    [
        ({}, ["one", "two", "three", "four", "100%"]),
        ({"kind": "keys"}, ["two", "three"]),
        ({"kind": "connected-apps"}, ["four"]),
        ({"kind": "developer-apps"}, ["100%"]),
        ({"by": "session"}, ["one"]),
        ({"by": "api_key"}, ["two", "three"]),
        ({"by": "oauth"}, ["four"]),
        ({"by": "key_1"}, ["two"]),
        ({"by": "app_1"}, ["four"]),
        ({"address": "203.0.113.7"}, ["one", "two", "three", "100%"]),
        ({"address": "2001:0DB8::0001"}, ["four"]),
        ({"q": "TWO"}, ["two"]),
        ({"q": "reports bot"}, ["two"]),
        ({"q": "bot nobody"}, []),
        ({"q": "app_2"}, ["100%"]),
        ({"q": "chrome"}, ["one"]),
        ({"q": "connected"}, ["four"]),
        ({"q": "%"}, ["100%"]),
        ({"q": "' OR 1=1 --"}, []),
        ({"kind": "keys", "by": "key_2", "q": "three"}, ["three"]),
        ({"kind": "keys", "by": "session"}, []),
        ({"kind": " ", "q": "  "}, None),
    ],
)
def test_the_log_is_narrowed_by(
    alice_browser: Client, asked: dict[str, str], found: list[str] | None
) -> None:
    alice_browser.get("/login/")
    forget(Activity.objects.filter(details={}))  # the sign-in of this test
    if found is None:
        assert alice_browser.get(PAGE, asked).context["form"].errors
    else:
        assert names(alice_browser, **asked) == found
        assert [row["About"] for row in rows(alice_browser, **asked)] == found


@pytest.mark.usefixtures("log")
def test_a_key_is_found_by_what_stands_in_ones_files(alice: User, alice_browser: Client) -> None:
    key, raw_key = create_key(alice, name="Storefront", permission="read-only")
    shown = raw_key[: len("craft_key_") + 12]
    assert names(alice_browser, q=shown) == ["Storefront"]
    assert names(alice_browser, q=key.uid) == ["Storefront"]


def test_a_secret_is_not_looked_for_and_not_shown_again(alice: User, alice_browser: Client) -> None:
    _, raw_key = create_key(alice, name="Storefront", permission="read-only")
    for path in (PAGE, FILE):
        response = alice_browser.get(path, {"q": raw_key})
        assert raw_key[30:] not in response.content.decode() + response.get("Location", "")
    assert "Search for the name or the id alone." in text_of(alice_browser.get(PAGE, {"q": raw_key}))


TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
ODD: list[tuple[dict[str, str], str, str]] = [
    ({"since": "yesterday"}, "since", "Enter one as year-month-day"),
    ({"until": "2026-02-30"}, "until", "Enter one as year-month-day"),
    ({"since": "2026-11-24\x00"}, "since", "Enter one as year-month-day"),
    ({"since": "9" * 5000}, "since", "Enter one as year-month-day"),
    ({"since": "2016-11-24"}, "since", "kept for 400 days. Choose "),
    ({"since": "0001-01-01"}, "since", "kept for 400 days. Choose "),
    ({"until": "0001-01-01"}, "until", "kept for 400 days. Choose "),
    ({"until": "9999-12-31"}, "until", "has not come yet. Choose "),
    ({"since": TODAY, "until": "2026-10-01"}, "until", "To is before From. Choose a later day"),
    ({"kind": "everything"}, "kind", "Choose one of these"),
    ({"kind": "\x00"}, "kind", "Choose one of these"),
    ({"by": "key_of_somebody_else"}, "by", "Choose one of these"),
    ({"address": "203.0.113"}, "address", "Copy one from the list"),
    ({"address": "203.0.113.7\x00"}, "address", "Copy one from the list"),
    ({"address": "1" * 5000}, "address", "Copy one from the list"),
    ({"q": "a\x00b"}, "q", "Type it again"),
    ({"q": "x" * 5000}, "q", "100 characters at most"),
]


@pytest.mark.matrix
@cases(("asked", "field", "advice"), ODD)
def test_odd_filters_are_told_what_to_do(
    alice_browser: Client, asked: dict[str, str], field: str, advice: str
) -> None:
    with time_machine.travel(datetime.now(UTC)):
        page = alice_browser.get(PAGE, asked)
        assert page.status_code == 200
        assert advice in " ".join(page.context["form"].errors[field])
        assert "Nothing is shown yet" in page.content.decode()
        assert alice_browser.get(FILE, asked).status_code == 302


def test_a_filter_is_kept_from_page_to_page_and_in_the_file(alice: User, alice_browser: Client) -> None:
    for number in range(55):
        line(alice, Event.KEY_CREATED, name=f"Key {number}")
    page = alice_browser.get(PAGE, {"kind": "keys", "q": "key"}).content.decode()
    assert 'href="?kind=keys&amp;q=key&amp;page=2"' in page
    assert f'href="{FILE}?kind=keys&amp;q=key"' in page
    assert "55 of 57 events" in text_of(alice_browser.get(PAGE, {"kind": "keys"}))
    assert len(rows(alice_browser, kind="keys")) == 55


def test_nothing_that_matches_is_said_with_a_way_back(alice_browser: Client) -> None:
    text = text_of(alice_browser.get(PAGE, {"q": "nothing-like-it"}))
    assert "Nothing matches None of 2 events is like that. Clear filters" in text


def rows(browser: Client, **asked: str) -> list[dict[str, str]]:
    """The file as a spreadsheet reads it."""
    response = browser.get(FILE, asked)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_a_file_holds_no_formula_and_nothing_of_others(alice: User, bob: User, alice_browser: Client) -> None:
    line(alice, Event.KEY_CREATED, name="=HYPERLINK(1)", agent="@SUM(1)", credential="key_1")
    line(bob, Event.KEY_CREATED, name="Bob's")
    (row,) = rows(alice_browser, kind="keys")
    assert (row["About"], row["Program"], row["Credential"]) == ("'=HYPERLINK(1)", "'@SUM(1)", "key_1")


def test_who_is_not_signed_in_sees_no_page_and_no_file() -> None:
    for path in (PAGE, FILE):
        assert Client().get(path)["Location"] == f"/login/?next={path}"


@pytest.mark.matrix  # what it costs
def test_the_page_asks_the_database_little_however_much_it_links(
    alice: User, bob: User, alice_browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        key, _ = create_key(alice, name=f"Key {number}", permission="read-only")
        grant_access(alice, app_of(bob, f"App {number}"), ["read"])
        line(alice, Event.KEY_CHANGED, None, ActingCredential("api_key", key.uid, key.name))
    with django_assert_max_num_queries(9):
        alice_browser.get(PAGE, {"q": "key"})


@pytest.mark.matrix  # odd input
@cases("zone", ["Mars/Olympus", "Europe", "../etc/passwd", "\x00", "x" * 5000])
def test_a_zone_that_there_is_not_is_refused_and_read_as_utc(
    alice: User, alice_browser: Client, zone: str
) -> None:
    page = alice_browser.post("/settings/profile/", {"name": "Alice", "time_zone": zone})
    assert "There is no such zone." in page.content.decode()
    User.objects.filter(pk=alice.pk).update(time_zone=zone.replace("\x00", " ")[:64])
    assert "Times in UTC" in text_of(alice_browser.get(PAGE))


def test_a_chosen_zone_is_in_the_log(alice: User, alice_browser: Client) -> None:
    alice_browser.post("/settings/profile/", {"name": alice.name, "time_zone": "Europe/Berlin"})
    assert alice.activity.latest("id").details == {"changed": {"time zone": ["UTC", "Europe/Berlin"]}}
    assert 'value="Europe/Berlin" selected' in alice_browser.get("/settings/profile/").content.decode()


def test_a_key_ends_on_the_day_in_utc_that_was_chosen(alice: User, alice_browser: Client) -> None:
    key, _ = create_key(
        alice, name="Late", permission="read-only", expires_at=datetime(2099, 2, 22, 23, 59, 59, tzinfo=UTC)
    )
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    page = alice_browser.get(f"/settings/api-keys/{key.uid}/").content.decode()
    assert ">22 February 2099</time>" in page
    assert 'title="23 February 2099, 08:59 JST"' in page
