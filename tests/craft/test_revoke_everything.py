"""Revoke everything: what can act for a person, ended by one press, or a part of it."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from api.oauth.models import Grant
from apikeys.models import APIKey, KeyState
from apikeys.services import create_key, delete_key, disable_key, disable_keys_of
from tests.api.oauth.flow import App, call, connect, get_code, make_app
from tests.fixtures import age_sign_in, signed_in
from tests.mailbox import mailbox
from tests.meanwhile import Meanwhile

PAGE = "/settings/revoke-everything/"
DONE = f"{PAGE}done/"
ALL = {"keys": "on", "apps": "on", "sessions": "on"}
MAIL = "[Craft] What could act as you was ended"
pytestmark = pytest.mark.django_db


class Actors:
    """A key, an app and another browser of Alice, all at work."""

    def __init__(self, alice: User, bob: User, browser: Client) -> None:
        self.key, self.raw = create_key(alice, name="Reports bot", permission="read-only")
        self.app: App = make_app(bob)
        self.token = connect(browser, self.app)["access_token"]
        self.other = signed_in(alice)

    def at_work(self) -> dict[str, bool]:
        return {
            "keys": call(self.raw).status_code == 200,
            "apps": call(self.token).status_code == 200,
            "sessions": self.other.get("/v1/me").status_code == 200,
        }


@pytest.fixture
def actors(alice: User, bob: User, alice_browser: Client) -> Actors:
    found = Actors(alice, bob, alice_browser)
    assert all(found.at_work().values())
    return found


def lines(user: User) -> list[dict[str, object]]:
    log = user.activity.filter(event=Event.EVERYTHING_REVOKED).order_by("pk")
    return list(log.values_list("details", flat=True))


def test_signed_out_it_leads_to_the_sign_in_and_tells_nothing(actors: Actors) -> None:
    for path in (PAGE, DONE):
        response = Client().get(path)
        assert (response.status_code, response["Location"]) == (302, f"/login/?next={path}")
    assert Client().post(PAGE, ALL).status_code == 302
    assert all(actors.at_work().values())


def test_the_page_names_what_can_act_and_ticks_all_of_it(alice_browser: Client, actors: Actors) -> None:
    page = alice_browser.get(PAGE).content.decode()
    for said in ("1 API key", "1 connected app", "1 other session", "Acme Sync", "Your projects, files"):
        assert said in page
    assert page.count("checked>") == 3
    assert all(actors.at_work().values())


def test_one_press_ends_it_all_but_the_browser_it_was_pressed_in(
    alice: User, alice_browser: Client, actors: Actors
) -> None:
    code_app = make_app(User.objects.get(email="bob@example.com"), name="Late")
    code = get_code(alice_browser, code_app)
    response = alice_browser.post(PAGE, ALL)
    assert (response.status_code, response["Location"]) == (302, DONE)
    assert not any(actors.at_work().values())
    assert APIKey.objects.get().state == KeyState.DISABLED
    assert not Grant.objects.exists()
    page = alice_browser.get(DONE).content.decode()
    assert "Nothing else can act as you" in page
    assert "1 API key, 2 connected apps and 1 session ended" in page
    assert lines(alice) == [{"keys": 1, "apps": 2, "sessions": 1}]
    assert code  # its grant is gone, and the code with it


def test_it_never_asks_for_the_password(alice_browser: Client, actors: Actors) -> None:
    age_sign_in(alice_browser, 86_400)
    assert alice_browser.post(PAGE, ALL)["Location"] == DONE
    assert not any(actors.at_work().values())


@pytest.mark.parametrize("part", sorted(ALL))
def test_what_is_not_ticked_goes_on(part: str, alice_browser: Client, actors: Actors) -> None:
    alice_browser.post(PAGE, {part: "on"})
    assert actors.at_work() == {each: each != part for each in ALL}
    assert "Something can still act as you" in alice_browser.get(DONE).content.decode()


def test_nothing_ticked_ends_nothing_and_says_so(alice_browser: Client, actors: Actors) -> None:
    page = alice_browser.post(PAGE, {}).content.decode()
    assert "Nothing is ticked. Tick what has to end." in page
    assert all(actors.at_work().values())


def test_a_stranger_s_things_stay(bob: User, bob_browser: Client, actors: Actors) -> None:
    bob_browser.post(PAGE, ALL)
    assert all(actors.at_work().values())
    assert lines(bob) == []


def test_the_list_is_mailed_without_a_secret(alice_browser: Client, actors: Actors) -> None:
    alice_browser.post(PAGE, ALL)
    [mail] = [mail for mail in mailbox() if mail.subject == MAIL]
    body = " ".join(str(mail.body).split())
    assert f"API key Reports bot, {actors.key.shown_id}" in body
    assert "App Acme Sync" in body
    assert "Session unknown, 0.0.0.0" in body or "Session unknown, 127.0.0.1" in body
    assert actors.raw[23:] not in mail.body


def test_a_second_press_changes_logs_and_mails_nothing(
    alice: User, alice_browser: Client, actors: Actors
) -> None:
    alice_browser.post(PAGE, ALL)
    before = APIKey.objects.values().get(), len(mailbox()), alice.activity.count()
    assert alice_browser.post(PAGE, ALL)["Location"] == DONE
    assert (APIKey.objects.values().get(), len(mailbox()), alice.activity.count()) == before


def test_a_new_account_has_nothing_to_end_and_finds_what_to_do(alice_browser: Client) -> None:
    assert "You have none that works." in alice_browser.get(PAGE).content.decode()
    page = alice_browser.post(PAGE, ALL, follow=True).content.decode()
    assert "Nothing else can act as you" in page
    assert "Choose a new password" in page


def test_keys_that_are_disabled_deleted_or_resting_are_judged_each_by_itself(
    alice: User, alice_browser: Client
) -> None:
    names = ("works", "disabled", "deleted", "resting")
    keys = {name: create_key(alice, name=name, permission="read-only")[0] for name in names}
    disable_key(keys["disabled"])
    delete_key(keys["deleted"])
    disable_key(keys["resting"], seconds=600)
    assert "2 API keys" in alice_browser.get(PAGE).content.decode()
    alice_browser.post(PAGE, ALL)
    assert lines(alice) == [{"keys": 2, "apps": 0, "sessions": 0}]
    for name in ("works", "disabled", "resting"):
        key = APIKey.objects.get(name=name)
        assert (key.state, key.comes_back_at) == (KeyState.DISABLED, None)
    assert APIKey.objects.get(name="deleted").state == KeyState.DELETED


def test_keys_that_an_app_made_end_with_the_app(alice: User, alice_browser: Client, actors: Actors) -> None:
    grant = Grant.objects.get()
    key, raw = create_key(alice, name="Sync", permission="read-only", made_by=grant.uid)
    alice_browser.post(PAGE, {"apps": "on"})
    assert call(raw).status_code == 401
    assert APIKey.objects.get(pk=key.pk).state == KeyState.REVOKED
    assert call(actors.raw).status_code == 200


def test_what_began_before_makes_no_key_afterwards(alice: User, alice_browser: Client) -> None:
    before = User.objects.get(pk=alice.pk)
    alice_browser.post(PAGE, ALL)
    with pytest.raises(NeedsRecentSignIn):
        create_key(before, name="Late", permission="read-write")
    assert not APIKey.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_press_waits_for_a_key_that_is_being_made_and_ends_it(alice: User) -> None:
    user = User.objects.get(pk=alice.pk)
    with transaction.atomic():
        create_key(alice, name="Just now", permission="read-write")
        press = Meanwhile(lambda: disable_keys_of(user))
        assert press.waits()
    assert len(press.result()) == 1
    assert APIKey.objects.get().state == KeyState.DISABLED
