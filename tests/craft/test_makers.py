"""Keys that an app made: they say so with a link to it, and the end of its access names them first."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from api.oauth.models import Grant
from api.oauth.services.applications import create_app
from api.oauth.services.grants import grant_access, revoke_grant
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key
from tests.apikeys.test_views_list import text_of

LIST = "/settings/api-keys/"


def connect(user: User, owner: User, name: str = "Acme <Sync>") -> Grant:
    app, _ = create_app(owner, name=name, redirect_uris="https://app.acme.com/callback")
    return grant_access(user, app, ["read", "admin"])


def make(user: User, name: str, grant: Grant) -> APIKey:
    return create_key(user, name=name, permission="read-only", made_by=grant.uid)[0]


def test_a_key_by_an_app_links_to_the_app_in_the_list_and_on_its_page(
    alice: User, bob: User, alice_browser: Client
) -> None:
    grant = connect(alice, bob)
    key = make(alice, "Made by Acme", grant)
    create_key(alice, name="Made by hand", permission="read-only")
    link = f'<a href="/settings/connected-apps/#{grant.uid}">Acme &lt;Sync&gt;</a>'
    html = alice_browser.get(LIST).content.decode()
    assert html.count(f"made by {link}") == 1
    assert f"by {link}" in alice_browser.get(f"{LIST}{key.uid}/").content.decode()
    assert f'id="{grant.uid}"' in alice_browser.get("/settings/connected-apps/").content.decode()


def test_of_an_app_that_has_gone_there_is_no_link(alice: User, bob: User, alice_browser: Client) -> None:
    grant = connect(alice, bob)
    key = make(alice, "Made by Acme", grant)
    revoke_grant(grant)
    html = alice_browser.get(LIST).content.decode()
    assert "made by an app" in html
    assert "by an app" in alice_browser.get(f"{LIST}{key.uid}/").content.decode()


def test_another_persons_app_is_not_named(alice: User, bob: User, alice_browser: Client) -> None:
    make(alice, "Odd", connect(bob, bob))
    assert "Acme" not in alice_browser.get(LIST).content.decode()


def test_makers_cost_one_query_for_all_keys(alice: User, bob: User, alice_browser: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            alice_browser.get(LIST)
        return len(captured)

    create_key(alice, name="Made by hand", permission="read-only")
    without = queries()
    grant = connect(alice, bob)
    for number in range(4):
        make(alice, f"key {number}", grant)
    assert queries() == without + 1


def test_ending_an_apps_access_says_first_which_keys_end_with_it(
    alice: User, bob: User, alice_browser: Client, api: Any
) -> None:
    grant, other = connect(alice, bob), connect(alice, bob, "Other")
    make(alice, "Nightly <b>", grant)
    make(alice, "Backup", grant)
    make(alice, "Of the other", other)
    delete_key(make(alice, "Gone", grant))
    for part in ("", "?dialog"):
        html = alice_browser.get(f"/settings/connected-apps/{grant.uid}/revoke/{part}").content.decode()
        page = text_of(html)
        assert (
            "2 API keys that it made end with it: Backup , never used; Nightly &lt;b&gt; , never used."
            in page
        )
        assert "Of the other" not in page
        assert "Gone" not in page
    assert "that it made end" not in text_of(
        alice_browser.get(f"/settings/connected-apps/{connect(alice, bob, 'Third').uid}/revoke/").content
    )
    alice_browser.post(f"/settings/connected-apps/{grant.uid}/revoke/")
    live = APIKey.objects.live().values_list("name", flat=True)
    assert list(live) == ["Of the other"]
