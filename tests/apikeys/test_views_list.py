"""The list: what needs attention first, what is folded away, and what an empty one offers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, delete_key, disable_key, revoke_key, rotate_key
from tests.apikeys.uses import count
from tests.cases import cases

LIST = "/settings/api-keys/"
DAY = timedelta(days=1)
IPV6 = "2001:db8:85a3:8d3:1319:8a2e:370:7348"


def make(user: User, name: str, permission: str = "read-only", **fields: Any) -> APIKey:
    key, _ = create_key(user, name=name, permission=permission)
    APIKey.objects.filter(pk=key.pk).update(**fields)
    return key


def text_of(page: bytes | str) -> str:
    """The words of a page, their mark-up taken out."""
    html = page.decode() if isinstance(page, bytes) else page
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def names(page: bytes) -> list[str]:
    return re.findall(r'<a class="title clamp"[^>]*>([^<]*)</a>', page.decode())


def test_a_row_names_the_key_and_says_what_it_is_worth(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    key = make(
        alice,
        "Deploy from CI",
        "read-write",
        last_used_at=now - timedelta(minutes=12),
        last_used_ip="198.51.100.4",
        expires_at=now + 5 * DAY + timedelta(hours=1),
    )
    count(key, now - DAY, 1862)
    page = text_of(alice_browser.get(LIST).content)
    assert (
        f"Deploy from CI {key.shown_id} Read-write 1,862 12 minutes ago from 198.51.100.4 in 5 days "
        f"{now + 5 * DAY + timedelta(hours=1):%-d %b %Y} Expires soon Actions for Deploy from CI" in page
    )


@cases(
    ("fields", "state"),
    [
        ({"expires_at": 14 * DAY}, "Expires soon"),
        ({"last_used_at": -120 * DAY}, "Idle 120 days"),
        ({}, "Never used"),
        ({"last_used_at": -DAY, "expires_at": 200 * DAY}, "Active"),
    ],
)
def test_every_state_has_its_badge(
    alice: User, alice_browser: Client, fields: dict[str, timedelta], state: str
) -> None:
    key = make(alice, "Reports bot")
    APIKey.objects.filter(pk=key.pk).update(**{name: timezone.now() + away for name, away in fields.items()})
    badges = re.findall(
        r'<span class="badge[^"]*">.*?</svg>([^<]*)<', alice_browser.get(LIST).content.decode()
    )
    assert badges == [state]


def test_what_needs_attention_comes_first_then_the_last_used(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    make(alice, "Status page")
    make(alice, "Nightly export", last_used_at=now - timedelta(hours=5))
    make(alice, "Reports bot", last_used_at=now)
    make(alice, "Old laptop", last_used_at=now - 120 * DAY)
    make(alice, "Deploy from CI", last_used_at=now, expires_at=now + 4 * DAY)
    make(alice, "Ends today", expires_at=now + timedelta(hours=8))
    make(alice, "Rotates, ends tomorrow", expires_at=now + DAY)
    rotate_key(APIKey.objects.get(name="Rotates, ends tomorrow"), grace=3600)
    expected = [
        "Ends today",
        "Rotates, ends tomorrow",
        "Deploy from CI",
        "Old laptop",
        "Reports bot",
        "Nightly export",
        "Status page",
    ]
    assert names(alice_browser.get(LIST).content) == expected


def test_the_strip_counts_what_there_is_and_filters(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    make(alice, "Never used one")
    make(alice, "Never used two")
    make(alice, "Idle", last_used_at=now - 120 * DAY, expires_at=now + 100 * DAY)
    make(alice, "Over", expires_at=now - DAY)
    page = alice_browser.get(LIST).content
    strip = text_of(page.decode().split('<nav class="filters"')[1].split("</nav>")[0])
    assert strip.endswith("All 3 1 idle 90 days 2 never used 2 never expire 4 of 50 keys, 1 of them expired")
    assert names(alice_browser.get(f"{LIST}?show=idle").content)[0] == "Idle"
    assert names(alice_browser.get(f"{LIST}?show=never-used").content) == [
        "Never used two",
        "Never used one",
        "Over",  # folded under Inactive
    ]
    assert names(alice_browser.get(f"{LIST}?show=nonsense").content) == names(page)
    assert (
        "None of your keys is like that now."
        in alice_browser.get(f"{LIST}?show=expires-soon").content.decode()
    )


def test_what_ended_is_folded_with_what_can_still_be_done(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    expired = make(alice, "Workshop demo", expires_at=now - DAY)
    deleted = delete_key(make(alice, "Import, first try"))
    revoked = revoke_key(make(alice, "Leaked one"), reason="Found on a public page", by="staff")
    make(alice, "Works")
    page = alice_browser.get(LIST).content.decode()
    fold = page.split('<details class="fold">')[1]
    assert text_of(fold).startswith("Inactive (3) 1 expired, 1 deleted, 1 revoked")
    until = now + 7 * DAY
    assert f"can be restored until {until:%-d %B}" in text_of(fold)
    assert "Found on a public page" in fold
    assert f'action="/settings/api-keys/{deleted.uid}/restore/"' in fold
    assert f"/settings/api-keys/{revoked.uid}/restore/" not in page
    assert f'href="/settings/api-keys/{expired.uid}/delete/"' in fold
    assert "can be extended" in text_of(fold)


def test_an_empty_list_says_what_a_key_is_and_shows_a_call_that_works(
    alice: User, alice_browser: Client, settings: Settings
) -> None:
    settings.API_URL = "https://api.craft.fast"
    User.objects.filter(pk=alice.pk).update(name='Alice "the Owner" <b>')
    page = alice_browser.get(LIST).content.decode()
    assert "A key is a password for one program, which you can end at any moment." in page
    assert (
        'curl -X GET "https://api.craft.fast/v1/me" \\\n  -H "Authorization: Bearer $CRAFT_API_KEY"</code>'
        in page
    )
    assert f"&quot;{alice.uid}&quot;" in page
    assert r"&quot;Alice \&quot;the Owner\&quot; &lt;b&gt;&quot;" in page
    assert 'href="/settings/api-keys/new/"' in page
    assert "Inactive" not in page


def test_names_and_addresses_of_any_kind_are_shown_as_they_are(alice: User, alice_browser: Client) -> None:
    make(alice, "<script>alert(1)</script>")
    make(alice, "W" * 100, last_used_at=timezone.now(), last_used_ip=IPV6)
    make(alice, "{{ user }} %s 'quoted\" & more")
    page = alice_browser.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "W" * 100 in page
    assert "{{ user }} %s &#x27;quoted&quot; &amp; more" in page
    assert IPV6 in page.replace("<wbr>", "")


@pytest.mark.matrix  # as many keys as there may be
def test_fifty_keys_take_as_many_queries_as_one(alice: User, alice_browser: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert alice_browser.get(LIST).status_code == 200
        return len(captured)

    make(alice, "key 0", last_used_at=timezone.now())
    alone = queries()
    for number in range(1, 50):
        key = make(alice, f"key {number}", last_used_at=timezone.now(), expires_at=timezone.now() + DAY)
        count(key, timezone.now(), 1)
        if number % 5 == 0:
            delete_key(key)
    assert queries() == alone
    assert alone <= 6


def search(browser: Client, text: str, path: str = LIST) -> str:
    page = browser.post(path, {"search": text})
    assert page.status_code == 200
    html: str = page.content.decode()
    return html


@pytest.fixture
def seven(alice: User) -> dict[str, str]:
    """Raw keys of seven keys, by name: two of them have ended or rest."""
    raw = {}
    for name in ("Reports bot", "REPORTS two", "Deploy from CI", "Status page", "Nightly", "Resting", "Gone"):
        _, raw[name] = create_key(alice, name=name, permission="read-only")
    disable_key(APIKey.objects.get(name="Resting"))
    delete_key(APIKey.objects.get(name="Gone"))
    return raw


def test_a_part_of_a_name_finds_whatever_has_it(alice_browser: Client, seven: dict[str, str]) -> None:
    assert names(search(alice_browser, " rePorts ").encode()) == ["REPORTS two", "Reports bot"]
    assert names(search(alice_browser, "bot", f"{LIST}?show=expires-soon").encode()) == ["Reports bot"]
    html = search(alice_browser, "Gone")
    assert names(html.encode()) == ["Gone"]
    assert '<details class="fold" open>' in html
    nothing = search(alice_browser, "<nothing>")
    assert "No key that works is named or has an id like that." in nothing
    assert 'value="&lt;nothing&gt;"' in nothing


@pytest.mark.matrix  # each name
def test_an_id_or_a_whole_key_finds_its_one_key_and_no_part_of_the_secret_comes_back(
    alice_browser: Client, seven: dict[str, str]
) -> None:
    for name in ("Deploy from CI", "Resting", "Gone"):
        raw, key = seven[name], APIKey.objects.get(name=name)
        public_id = raw[10:22]
        for text in (raw, f"CRAFT_API_KEY={raw}", raw[:-1], raw[:22], public_id, key.uid):
            html = search(alice_browser, text)
            assert names(html.encode()) == [name]
            assert raw[23:60] not in html
            assert raw[23:40] not in html
    assert 'value="craft_key_' in search(alice_browser, seven["Nightly"])


def test_a_replaced_secret_still_finds_its_key(alice_browser: Client, seven: dict[str, str]) -> None:
    rotate_key(APIKey.objects.get(name="Nightly"), grace=0)
    assert names(search(alice_browser, seven["Nightly"]).encode()) == ["Nightly"]


def test_a_strangers_key_finds_nothing(bob: User, alice_browser: Client, seven: dict[str, str]) -> None:
    _, raw = create_key(bob, name="Reports of Bob", permission="read-only")
    html = search(alice_browser, raw)
    assert names(html.encode()) == []
    assert raw[23:] not in html


def test_what_was_found_is_sorted_without_a_search_in_the_address(
    alice: User, alice_browser: Client, seven: dict[str, str]
) -> None:
    found = search(alice_browser, "reports")
    assert names(found.encode()) == ["REPORTS two", "Reports bot"]
    head = found.split("<thead")[1].split("</thead>")[0]
    assert "href" not in head
    assert '<button form="sort-found" name="sort" value="name">Name</button>' in head
    form = found.split('id="sort-found" hidden>')[1].split("</form>")[0]
    assert '<input type="hidden" name="search" value="reports">' in form
    for sort, order in (("name", ["Reports bot", "REPORTS two"]), ("-name", ["REPORTS two", "Reports bot"])):
        page = alice_browser.post(LIST, {"search": "reports", "sort": sort}).content
        assert names(page) == order
    assert 'aria-sort="descending"><button form="sort-found" name="sort" value="name">' in page.decode()
    box = page.decode().split('role="search"')[1].split("</form>")[0]
    assert '<input type="hidden" name="sort" value="-name">' in box
    pasted = alice_browser.post(LIST, {"search": seven["Nightly"], "sort": "name"}).content.decode()
    assert names(pasted.encode()) == ["Nightly"]
    assert seven["Nightly"][23:] not in pasted


def test_few_keys_need_no_search(alice: User, alice_browser: Client) -> None:
    make(alice, "Reports bot")
    assert 'role="search"' not in alice_browser.get(LIST).content.decode()


@pytest.mark.matrix  # each column
def test_each_column_sorts_both_ways(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    one = make(alice, "a", "read-write", expires_at=now + 20 * DAY, last_used_at=now - DAY)
    two = make(alice, "B", "read-only", expires_at=now + 3 * DAY)
    count(one, now, 5)
    count(two, now, 3)
    expected = {
        "name": ["a", "B"],
        "permission": ["B", "a"],
        "requests": ["B", "a"],
        "used": ["B", "a"],
        "expires": ["B", "a"],
        "state": ["B", "a"],  # expires soon, then active
    }
    for column, order in expected.items():
        page = alice_browser.get(f"{LIST}?sort={column}").content
        assert names(page) == order, column
        assert f'aria-sort="ascending"><a href="?sort=-{column}"' in page.decode()
        page = alice_browser.get(f"{LIST}?sort=-{column}").content
        assert names(page) == order[::-1], column
        assert f'aria-sort="descending"><a href="?sort={column}"' in page.decode()
    assert "aria-sort" not in alice_browser.get(f"{LIST}?sort=nonsense").content.decode()
    assert "?show=never-used&amp;sort=name" in alice_browser.get(f"{LIST}?show=never-used").content.decode()


@pytest.mark.matrix  # as many as there may be
def test_with_fifty_keys_creating_steps_back_and_says_what_to_do(alice: User, alice_browser: Client) -> None:
    primary = re.compile(r'button-primary"\s+href="/settings/api-keys/new/"')
    first = make(alice, "key 0")
    assert primary.search(alice_browser.get(LIST).content.decode())
    APIKey.objects.bulk_create(
        APIKey(user=alice, name=f"key {number}", name_key=f"key {number}", permission="read-only")
        for number in range(1, 50)
    )
    APIKeySecret.objects.bulk_create(
        APIKeySecret(key=key, public_id=f"{key.pk:012}", digest=b"")
        for key in APIKey.objects.exclude(pk=first.pk)
    )
    html = alice_browser.get(LIST).content.decode()
    assert not primary.search(html)
    assert "50 of 50 keys" in html
    assert "You have 50 live keys, which is the most. Delete one that is not used any more." in html


def test_a_sparkline_has_a_bar_a_day_and_says_the_same_in_words(alice: User, alice_browser: Client) -> None:
    now = timezone.now()
    key = make(alice, "Reports bot")
    count(key, now - 2 * DAY, 40)
    count(key, now, 2)
    html = alice_browser.get(LIST).content.decode()
    spark = html.split('<svg class="spark"')[1].split("</svg>")[0]
    assert spark.count("M") == 30
    busiest = now - 2 * DAY
    assert f'aria-label="42 requests in 30 days, most on {busiest:%A} {busiest.day} {busiest:%B}"' in spark
    assert spark.count("20V0M") == 1
    assert spark.count("20V18") == 1  # two of forty, and seen
