"""Changed password, reset, sign out everywhere: what they say before they end it, and the keys if asked."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from apikeys.models import APIKey, KeyState
from apikeys.services import create_key
from tests.fixtures import PASSWORD, signed_in
from tests.mailbox import mailbox

NEW = "another-horse-entirely"
CHANGE, END = "/settings/security/password/", "/settings/security/end-sessions/"
BOX = {"disable_keys": "on"}
pytestmark = pytest.mark.django_db


def by_change(user: User, box: dict[str, str]) -> None:
    form = {"oldpassword": PASSWORD, "password1": NEW, **box}
    assert signed_in(user).post(CHANGE, form).status_code == 302


def by_reset(user: User, box: dict[str, str]) -> None:
    browser = Client()
    browser.post("/password/reset/", {"email": user.email})
    link = re.search(r"http://\S+/password/reset/key/\S+", str(mailbox()[-1].body))
    assert link
    page = browser.get(link[0], follow=True)
    assert "Disable my API keys too" in page.content.decode()
    assert " checked" not in page.content.decode()
    path = page.redirect_chain[-1][0]
    assert browser.post(path, {"password1": NEW, **box}).status_code == 302


def by_signing_out_everywhere(user: User, box: dict[str, str]) -> None:
    assert signed_in(user).post(END, box).status_code == 302


@pytest.mark.parametrize("end", [by_change, by_reset, by_signing_out_everywhere])
def test_keys_end_where_the_box_is_ticked_and_nowhere_else(
    end: Callable[[User, dict[str, str]], None], alice: User
) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    other = signed_in(alice)
    end(alice, {})
    assert APIKey.objects.get().state == KeyState.ACTIVE
    assert other.get("/settings/").status_code == 302
    alice.set_password(PASSWORD)
    alice.save()
    end(alice, BOX)
    key = APIKey.objects.get()
    assert (key.state, key.comes_back_at) == (KeyState.DISABLED, None)


def test_the_pages_say_before_what_ends_and_tick_no_box(alice: User, alice_browser: Client) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    signed_in(alice)
    for path, said in ((CHANGE, "signs you out in 1 other browser."), (END, "This ends 2 sessions")):
        page = " ".join(alice_browser.get(path).content.decode().split())
        assert said in page
        assert "Connected apps stop too and must ask again. Your API key keeps working." in page
        assert "Disable my API keys too" in page
        assert " checked" not in page
    page = " ".join(alice_browser.get("/settings/security/").content.decode().split())
    assert "Ends 2 sessions, this one included, and forgets trusted browsers." in page
    assert 'href="/settings/revoke-everything/"' in page


def test_a_look_at_the_page_ends_nothing(alice_browser: Client) -> None:
    assert alice_browser.get(END).status_code == 200
    assert alice_browser.get("/settings/").status_code == 200


def test_pressed_with_an_ended_session_it_leads_back_to_its_page(alice: User) -> None:
    browser = Client()
    sent = browser.post(END)
    assert sent["Location"] == f"/login/?next={END}"
    form = {"login": alice.email, "password": PASSWORD, "next": END}
    page = browser.post("/login/", form, follow=True)
    assert "Sign out everywhere?" in page.content.decode()
