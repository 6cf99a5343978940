"""What the overview says can act as its reader, what needs a look, and what is left of the plan."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from api.oauth.models import Application, Grant
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, disable_key
from tests.cases import cases
from tests.fixtures import API, signed_in

PAGE = "/settings/"


def connect(user: User, developer: User, name: str, used_days_ago: int | None = 0, **app: Any) -> Grant:
    application = Application.objects.create(user=developer, name=name, **app)
    used = None if used_days_ago is None else timezone.now() - timedelta(days=used_days_ago)
    return Grant.objects.create(user=user, application=application, scope="read write", last_used_at=used)


def page_of(browser: Client, query: str = "") -> str:
    response = browser.get(f"{PAGE}{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def rows_of(page: str) -> list[str]:
    """The names in the list, in its order."""
    return re.findall(r'<a class="title" href="[^"]*">([^<]*)</a> <small>', page)


def test_every_key_app_and_session_is_a_row_with_its_own_end(
    alice: User, bob: User, alice_browser: Client
) -> None:
    key = create_key(alice, name="Reports bot", permission="read-only")[0]
    grant = connect(alice, bob, "Acme Sync", used_days_ago=1, website="https://acme.example/")
    other = signed_in(alice)
    row = UserSession.objects.get(session_key=other.cookies["sessionid"].value)
    UserSession.objects.filter(pk=row.pk).update(
        user_agent="curl/8.5", ip="203.0.113.7", last_seen_at=timezone.now() - timedelta(hours=2)
    )
    page = page_of(alice_browser)
    assert rows_of(page) == ["Unknown browser", "curl/8.5", "Acme Sync", "Reports bot"]
    for words in (
        *("Session · this browser", "Everything, settings too", "from 203.0.113.7", "if not used"),
        *("App · acme.example", "View, create and change", "craft_key_", "Never used", "No end date"),
        *(f"{PAGE}api-keys/{key.uid}/delete/", f"{PAGE}connected-apps/{grant.uid}/revoke/"),
        *(f"{PAGE}sessions/{row.pk}/end/", "All 4", "1 key<", "1 app<", "2 sessions<"),
    ):
        assert words in page, words
    for end in re.findall(r'href="([^"]*)"><span>End…', page):
        assert alice_browser.get(end).status_code == 200


def test_what_cannot_act_is_no_row_but_what_comes_back_by_itself_is(
    alice: User, alice_browser: Client
) -> None:
    for name in ("Deleted", "Disabled", "Resting", "Expired"):
        create_key(alice, name=name, permission="read-only")
    delete_key(APIKey.objects.get(name="Deleted"))
    disable_key(APIKey.objects.get(name="Disabled"))
    disable_key(APIKey.objects.get(name="Resting"), seconds=600)
    APIKey.objects.filter(name="Expired").update(expires_at=timezone.now() - timedelta(days=1))
    page = page_of(alice_browser)
    assert rows_of(page) == ["Unknown browser", "Resting"]
    assert "disabled for now" in page


def test_nothing_of_somebody_else_and_no_app_of_ones_own_is_listed(
    alice: User, bob: User, alice_browser: Client
) -> None:
    create_key(bob, name="Bobs key", permission="read-only")
    signed_in(bob)
    connect(bob, alice, "App of Alice")
    assert rows_of(page_of(alice_browser)) == ["Unknown browser"]


def test_one_kind_can_be_shown_alone(alice: User, bob: User, alice_browser: Client) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    connect(alice, bob, "Acme Sync")
    assert rows_of(page_of(alice_browser, "?show=keys")) == ["Reports bot"]
    assert rows_of(page_of(alice_browser, "?show=apps")) == ["Acme Sync"]
    assert rows_of(page_of(alice_browser, "?show=sessions")) == ["Unknown browser"]
    assert len(rows_of(page_of(alice_browser, "?show=nonsense%00"))) == 3


@pytest.mark.matrix  # what it costs
def test_a_long_list_is_turned_page_by_page_in_the_same_few_queries(
    alice: User, bob: User, alice_browser: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page_of(alice_browser)
        return len(captured)

    create_key(alice, name="First", permission="read-only")
    connect(alice, bob, "First app")
    few = queries()
    data = Session.objects.get().session_data
    expires = timezone.now() + timedelta(days=90)
    for n in range(12):
        create_key(alice, name=f"Key {n}", permission="read-write")
        connect(alice, bob, f"App {n}", used_days_ago=100)
        Session.objects.create(pk=f"{n:032}", session_data=data, expire_date=expires)
        UserSession.objects.create(user=alice, session_key=f"{n:032}", ip="203.0.113.7", user_agent="x/1")
    assert queries() == few
    assert few <= 10
    page = page_of(alice_browser)
    assert "1 to 25 of 39" in page
    assert len(rows_of(page)) == 25
    assert len(rows_of(page_of(alice_browser, "?page=2"))) == 14


def test_three_things_need_attention_and_the_rest_is_folded(
    alice: User, bob: User, alice_browser: Client
) -> None:
    now = timezone.now()
    create_key(alice, name="Ends", permission="read-only", expires_at=now + timedelta(days=5, hours=1))
    create_key(alice, name="Idle", permission="read-only")
    APIKey.objects.filter(name="Idle").update(
        created_at=now - timedelta(days=130), last_used_at=now - timedelta(days=120)
    )
    create_key(alice, name="Forever", permission="read-only")
    connect(alice, bob, "Sleepy", used_days_ago=100)
    page = page_of(alice_browser)
    signs = re.findall(
        r"<li>.*?<b>(.*?)</b>", page.partition('id="attention"')[2].partition('id="acting"')[0]
    )
    assert [re.sub(r"<[^>]*>", "", sign).strip() for sign in signs] == [
        "Ends expires in 5 days",
        "Add a second step to your sign-in",
        "Sleepy was last used 100 days ago",
        "Idle was last used 120 days ago",
        "Forever never expires",
    ]
    assert "And 2 more" in page
    shown, _, folded = page.partition("And 2 more")
    assert "Sleepy was" not in folded.partition('id="acting"')[0]
    assert "never expires" not in shown


def test_a_new_account_sees_its_first_step_and_no_zeros(alice: User, alice_browser: Client) -> None:
    page = page_of(alice_browser)
    for words in (
        *("Create your first key", "curl http://localhost:8000/v1/me", "$CRAFT_API_KEY"),
        *("Then protect the account", "60 API requests a minute, 500 an hour, 1,000 a day, and 50 keys."),
    ):
        assert words in page, words
    assert "<b>0</b>" not in page
    assert "Revoke everything" not in page
    create_key(alice, name="Reports bot", permission="read-only")
    page = page_of(alice_browser)
    assert "Create your first key" not in page
    assert "Revoke everything" in page


def test_the_plan_says_what_is_used_and_when_it_is_free_again(
    api: API, alice_browser: Client, read_only: tuple[APIKey, str]
) -> None:
    before = page_of(alice_browser)
    assert "<b>0</b> <small>of 60</small>" in before
    assert "nothing used" in before
    for _ in range(48):
        api("GET", "/v1/me", read_only[1])
    page = page_of(alice_browser)
    assert "<b>48</b> <small>of 60</small>" in page
    assert page.count("meter is-warning") == 1  # 48 of 60, not 48 of 500
    assert '<rect width="80" height="6" />' in page
    assert "resets <time" in page
    assert "<b>1</b> <small>of 50</small>" in page


def test_a_plan_without_limits_has_none_to_show(alice: User, alice_browser: Client) -> None:
    User.objects.filter(pk=alice.pk).update(plan="internal")
    create_key(alice, name="Reports bot", permission="read-only")
    assert "Your API requests are not limited" in page_of(alice_browser)


@pytest.mark.matrix  # odd input
@cases("page", ["0", "-1", "nonsense", "9" * 5000, "99"])
def test_an_odd_page_is_no_crash(alice_browser: Client, page: str) -> None:
    assert alice_browser.get(PAGE, {"page": page}).status_code == 200
