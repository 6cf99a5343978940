"""Closing an account: dead at once, and kept by who signs in within seven days, with nothing that acts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.closing import CLOSING_FOR, LastSuperuser, TooLate, close_account, keep_account
from accounts.events import Event
from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import create_user, lock_unchanged
from accounts.sessions import SessionStore
from accounts.signin.closing import hold
from accounts.web.client import NOBODY
from api.oauth.models import Application
from apikeys.models import APIKey, DisabledBy, KeyState
from apikeys.services import create_key, enable_key
from tests.api.oauth.flow import call, connect, exchange, get_code, make_app, refresh
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, signed_in
from tests.mailbox import mailbox
from tests.meanwhile import Meanwhile

PAGE = "/settings/data/delete-account/"
CLOSING = "/closing/"
NEW = "another-horse-entirely"
pytestmark = pytest.mark.django_db


@pytest.fixture
def closing(alice: User) -> User:
    close_account(alice, NOBODY)
    alice.refresh_from_db()
    return alice


@pytest.fixture
def in_six_days(closing: User) -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        yield


@pytest.fixture
def in_eight_days(closing: User) -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        yield


def try_to_sign_in(browser: Client, password: str = PASSWORD) -> str:
    form = {"login": "alice@example.com", "password": password}
    response = browser.post("/login/", form)
    return str(response.get("Location") or response.status_code)


# --- Closing it


def test_the_typed_address_closes_it_and_signs_out(alice: User, alice_browser: Client) -> None:
    other = signed_in(alice)
    response = alice_browser.post(PAGE, {"email": " ALICE@example.com "})
    assert response["Location"] == "/login/"
    alice.refresh_from_db()
    assert alice.closing_at is not None
    for browser in (alice_browser, other):
        assert browser.get("/settings/").status_code == 302
        assert browser.get("/v1/me").status_code == 401
    assert alice.activity.latest("id").event == Event.ACCOUNT_CLOSING
    mail = mailbox()[-1]
    assert mail.subject == "[Craft] Your account is closing"
    day = alice.closing_at + CLOSING_FOR
    assert f"{day:%-d %B %Y, %H:%M} UTC" in mail.body


@cases("typed", ["", "bob@example.com", "alice", "alice@example.com\0", "x" * 300])
def test_another_text_closes_nothing(typed: str, alice: User, alice_browser: Client) -> None:
    page = alice_browser.post(PAGE, {"email": typed}).content.decode()
    assert "alice@example.com" in page
    alice.refresh_from_db()
    assert alice.closing_at is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_takes_a_recent_sign_in(method: str, alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, 901)
    response = getattr(alice_browser, method)(PAGE, {"email": alice.email})
    assert response["Location"].startswith("/reauthenticate/?next=")
    alice.refresh_from_db()
    assert alice.closing_at is None


def test_from_the_first_moment_on_nothing_of_it_answers(
    alice: User, bob: User, alice_browser: Client, bob_browser: Client
) -> None:
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    app, own_app = make_app(bob), make_app(alice)
    tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
    of_bob = connect(bob_browser, own_app)
    assert call(raw).status_code == call(tokens["access_token"]).status_code == 200
    assert call(of_bob["access_token"]).status_code == 200

    close_account(alice, NOBODY)

    refused = call(raw)
    assert refused.status_code == 401
    assert "The account of this API key is closing." in refused["WWW-Authenticate"]
    enable_key(APIKey.objects.get(pk=key.pk), by=DisabledBy.STAFF)  # not even what staff enable
    assert call(raw).status_code == 401
    assert call(tokens["access_token"]).status_code == 401
    assert refresh(app, tokens["refresh_token"]).status_code == 400
    assert exchange(app, code).status_code == 400
    refused = call(of_bob["access_token"])
    assert "The app is disabled." in refused["WWW-Authenticate"]
    assert refresh(own_app, of_bob["refresh_token"]).status_code == 401
    assert not Application.objects.get(user=alice).is_usable()
    assert not lock_unchanged(alice)


def test_closing_twice_keeps_the_first_moment_and_mails_once(closing: User) -> None:
    first, sent = closing.closing_at, len(mailbox())
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        close_account(closing, NOBODY)
    closing.refresh_from_db()
    assert closing.closing_at == first
    assert len(mailbox()) == sent


def test_what_began_before_makes_no_key_and_saves_nothing_over_it(alice: User) -> None:
    before = User.objects.get(pk=alice.pk)
    close_account(alice, NOBODY)
    with pytest.raises(NeedsRecentSignIn):
        create_key(before, name="Late", permission="read-only")
    before.name = "Late"
    before.save()
    alice.refresh_from_db()
    assert alice.closing_at is not None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_made_is_dead_with_the_account(alice: User) -> None:
    user = User.objects.get(pk=alice.pk)
    with transaction.atomic():
        _, raw = create_key(alice, name="Just now", permission="read-only")
        job = Meanwhile(lambda: close_account(user, NOBODY))
        assert job.waits()
    assert job.result() is None
    assert call(raw).status_code == 401


def test_the_last_superuser_is_refused_with_a_sentence(sam: User, sam_browser: Client) -> None:
    page = sam_browser.post(PAGE, {"email": sam.email}).content.decode()
    assert "You are the last one who may do everything in the admin." in page
    sam.refresh_from_db()
    assert sam.closing_at is None


def test_a_superuser_who_is_closing_or_deactivated_does_not_count(sam: User) -> None:
    other = create_user(email="sue@example.com", staff=True)
    close_account(other, NOBODY)
    with pytest.raises(LastSuperuser):
        close_account(sam, NOBODY)
    User.objects.filter(pk=other.pk).update(closing_at=None, is_active=False)
    with pytest.raises(LastSuperuser):
        close_account(sam, NOBODY)
    User.objects.filter(pk=other.pk).update(is_active=True)
    close_account(sam, NOBODY)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_superusers_one_stays(sam: User) -> None:
    other = create_user(email="sue@example.com", staff=True)
    with transaction.atomic():
        close_account(other, NOBODY)
        job = Meanwhile(lambda: close_account(User.objects.get(pk=sam.pk), NOBODY))
        assert job.waits()
    assert isinstance(job.result(), LastSuperuser)


# --- Changing one's mind


@pytest.mark.usefixtures("in_six_days")
def test_a_sign_in_leads_to_one_page_and_opens_nothing_else(closing: User) -> None:
    browser = Client()
    assert try_to_sign_in(browser) == CLOSING
    page = browser.get(CLOSING).content.decode()
    assert "Your account is closing" in page
    assert "Keep my account" in page
    for path in ("/settings/", "/settings/api-keys/", "/settings/data/", "/admin/"):
        assert "/login/?next=" in browser.get(path)["Location"]
    assert browser.get("/v1/me").status_code == 401
    assert browser.get(CLOSING)["Cache-Control"].count("no-store")


def test_a_browser_that_is_not_known_takes_the_code_first(alice: User, alice_browser: Client) -> None:
    close_account(alice, NOBODY)
    browser = Client()
    assert try_to_sign_in(browser) not in (CLOSING, "200")
    assert browser.get(CLOSING)["Location"] == "/login/"
    assert browser.post(CLOSING, {"keep": "1"})["Location"] == "/login/"
    alice.refresh_from_db()
    assert alice.closing_at is not None


def test_a_wrong_password_leads_nowhere(closing: User) -> None:
    browser = Client()
    assert try_to_sign_in(browser, "wrong-horse-battery") == "200"
    assert browser.get(CLOSING)["Location"] == "/login/"
    assert Client().post(CLOSING, {"keep": "1"})["Location"] == "/login/"
    closing.refresh_from_db()
    assert closing.closing_at is not None


@pytest.mark.usefixtures("in_six_days")
def test_who_keeps_it_is_signed_in_and_finds_nothing_that_acts(
    closing: User, bob: User, alice_browser: Client
) -> None:
    _, raw = create_key(User.objects.get(pk=closing.pk), name="By command", permission="read-only")
    browser = Client()
    try_to_sign_in(browser)
    response = browser.post(CLOSING, {"keep": "1"}, follow=True)
    assert response.redirect_chain == [("/settings/", 302)]
    assert "Your account stays." in response.content.decode()
    closing.refresh_from_db()
    assert closing.closing_at is None
    assert alice_browser.get("/settings/").status_code == 302
    assert call(raw).status_code == 401
    key = APIKey.objects.get()
    assert (key.state, key.disabled_for) == (KeyState.DISABLED, DisabledBy.REACTIVATION)
    events = list(closing.activity.order_by("id").values_list("event", flat=True))
    assert events[-2:] == [Event.ACCOUNT_KEPT, Event.LOGIN]
    assert "[Craft] Your account stays" in [mail.subject for mail in mailbox()]
    enable_key(key)
    assert call(raw).status_code == 200


def test_codes_and_tokens_from_before_stay_dead_when_it_is_kept(
    alice: User, bob: User, alice_browser: Client
) -> None:
    app = make_app(bob)
    tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
    close_account(alice, NOBODY)
    keep_account(alice, NOBODY)
    assert call(tokens["access_token"]).status_code == 401
    assert refresh(app, tokens["refresh_token"]).status_code == 400
    assert exchange(app, code).status_code == 400


@pytest.mark.parametrize("form", [{}, {"keep_not": "1"}])
def test_signing_out_of_the_page_changes_nothing(form: dict[str, str], closing: User) -> None:
    browser = Client()
    try_to_sign_in(browser)
    assert browser.post(CLOSING, form)["Location"] == "/login/"
    assert browser.get(CLOSING)["Location"] == "/login/"
    closing.refresh_from_db()
    assert closing.closing_at is not None


@pytest.mark.usefixtures("in_eight_days")
def test_after_seven_days_it_cannot_be_kept(closing: User) -> None:
    browser = Client()
    assert try_to_sign_in(browser) == CLOSING
    page = browser.post(CLOSING, {"keep": "1"}).content.decode()
    assert "This account was closed" in page
    assert "Keep my account" not in page
    with pytest.raises(TooLate):
        keep_account(closing, NOBODY)
    closing.refresh_from_db()
    assert closing.closing_at is not None


def test_the_page_is_for_a_quarter_of_an_hour_and_for_this_password(closing: User) -> None:
    browser = Client()
    try_to_sign_in(browser)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert browser.get(CLOSING)["Location"] == "/login/"
    assert browser.get(CLOSING).status_code == 200
    closing.set_password(NEW)
    closing.save()
    assert browser.post(CLOSING, {"keep": "1"})["Location"] == "/login/"
    closing.refresh_from_db()
    assert closing.closing_at is not None


def test_each_sign_in_has_a_session_of_its_own_that_nobody_can_have_planted(closing: User) -> None:
    browser, thief = Client(), Client()
    try_to_sign_in(browser)
    planted = browser.cookies["sessionid"].value
    assert try_to_sign_in(browser) == CLOSING
    assert browser.cookies["sessionid"].value != planted
    thief.cookies["sessionid"] = planted
    assert thief.post(CLOSING, {"keep": "1"})["Location"] == "/login/"
    assert browser.get(CLOSING).status_code == 200


def test_the_last_step_of_a_sign_in_renews_the_session_whichever_it_was(closing: User) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session.save()
    planted = request.session.session_key
    hold(request, closing)
    assert request.session.session_key != planted
    assert not SessionStore().exists(str(planted))


def test_a_deactivated_account_cannot_be_kept_by_its_owner(closing: User) -> None:
    browser = Client()
    try_to_sign_in(browser)
    User.objects.filter(pk=closing.pk).update(is_active=False)
    assert browser.post(CLOSING, {"keep": "1"})["Location"] == "/login/"
    assert try_to_sign_in(Client()) == "/inactive/"
    closing.refresh_from_db()
    assert closing.closing_at is not None


def test_staff_see_it_in_the_admin(closing: User, sam_browser: Client) -> None:
    page = sam_browser.get(f"/admin/accounts/user/{closing.pk}/change/").content.decode()
    assert "Closing at" in page
    assert f"{closing.closing_at:%Y}" in page
