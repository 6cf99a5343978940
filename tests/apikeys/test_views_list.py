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
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, revoke_key
from tests.apikeys.uses import count

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
    return re.findall(r'<a class="title"[^>]*>([^<]*)</a>', page.decode())


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


@pytest.mark.parametrize(
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
    make(alice, "Deploy from CI", last_used_at=now, expires_at=now + DAY)
    expected = ["Deploy from CI", "Old laptop", "Reports bot", "Nightly export", "Status page"]
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
