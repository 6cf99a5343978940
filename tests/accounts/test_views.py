"""Account Settings: profile, security, activity."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from accounts.models import Activity, User
from accounts.web.client import Client as Caller
from tests.activity_lines import change, forget
from tests.cases import cases
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox

NEW = "another-horse-entirely"
PAGES = (
    "/settings/",
    "/settings/profile/",
    "/settings/security/",
    "/settings/sessions/",
    "/settings/activity/",
)


def change_password(browser: Client, old: str = PASSWORD, new: str = NEW) -> str:
    page = browser.post("/settings/security/password/", {"oldpassword": old, "password1": new}, follow=True)
    return page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PAGES, "/settings/security/password/"])
def test_signed_out_leads_to_sign_in_and_back(path: str) -> None:
    assert Client().get(path)["Location"] == f"/login/?next={path}"
    assert Client().post(path)["Location"] == f"/login/?next={path}"


@cases("path", PAGES)
def test_every_page_has_the_navigation_with_itself_marked(alice_browser: Client, path: str) -> None:
    page = alice_browser.get(path).content.decode()
    assert page.count('aria-current="page"') == 1
    assert re.search(rf'<a href="{path}"\s+aria-current="page">', page)
    for link in (*PAGES, "/settings/api-keys/"):
        assert f'href="{link}"' in page


@cases(
    ("method", "path"),
    [
        ("put", "/settings/profile/"),
        ("post", "/settings/security/"),
        ("delete", "/settings/security/password/"),
        ("post", "/settings/activity/"),
        ("put", "/settings/security/end-sessions/"),
    ],
)
def test_another_method_is_refused(alice_browser: Client, method: str, path: str) -> None:
    assert getattr(alice_browser, method)(path).status_code == 405


def test_a_form_without_its_token_is_refused(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    for path in ("/settings/profile/", "/settings/security/password/", "/settings/security/end-sessions/"):
        assert strict.post(path, {"name": "x"}).status_code == 403


def test_allauths_password_address_leads_to_the_security_page(alice_browser: Client) -> None:
    assert alice_browser.get("/password/change/")["Location"] == "/settings/security/password/"


def test_the_profile_shows_what_is_known_and_saves_a_name(alice: User, alice_browser: Client) -> None:
    page = alice_browser.get("/settings/profile/").content.decode()
    assert 'value="Alice Owner"' in page
    assert alice.uid in page
    assert "alice@example.com" in page
    saved = alice_browser.post("/settings/profile/", {"name": " Alice Áé "}, follow=True).content.decode()
    assert "Profile saved." in saved
    assert 'value="Alice Áé"' in saved
    assert alice.activity.latest("id").details == {"changed": {"name": ["Alice Owner", "Alice Áé"]}}


@pytest.mark.matrix  # odd input
@cases("name", ["", "   ", "x" * 101, "a\u202eb", "a\x00b", "a\u2028b"])
def test_a_bad_name_is_refused_and_comes_back(alice: User, alice_browser: Client, name: str) -> None:
    page = alice_browser.post("/settings/profile/", {"name": name})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    alice.refresh_from_db()
    assert alice.name == "Alice Owner"


def test_markup_in_a_name_is_text(alice: User, alice_browser: Client) -> None:
    page = alice_browser.post(
        "/settings/profile/", {"name": "<script>1</script>"}, follow=True
    ).content.decode()
    assert "<script>1" not in page


def test_changing_the_password_ends_every_other_session_and_mails(alice: User, alice_browser: Client) -> None:
    other = sign_in(alice)
    page = change_password(alice_browser)
    assert "Password changed." in page
    assert "Every other browser is signed out, and connected apps must ask you again." in page
    assert alice_browser.get("/settings/profile/").status_code == 200
    assert other.get("/settings/profile/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert alice.activity.latest("id").event == Event.PASSWORD_CHANGED
    assert mailbox()[-1].subject == "[Craft] Your password was changed"
    assert "  Address  127.0.0.1\n" in str(mailbox()[-1].body)


def test_the_security_page_says_when_the_password_was_changed_and_leads_to_changing_it(
    alice_browser: Client,
) -> None:
    page = alice_browser.get("/settings/security/").content.decode()
    assert "Last changed" not in page
    assert 'href="/settings/security/password/"' in page
    assert "alice@example.com. Sign-in codes" in page
    change_password(alice_browser)
    assert "Last changed" in alice_browser.get("/settings/security/").content.decode()


@cases(
    ("old", "new", "sentence"),
    [
        ("wrong", NEW, "Current password is wrong. Type it again."),
        ("", NEW, "Current password is empty. Enter it."),
        (PASSWORD, "short", "Password is shorter than 12 characters. Choose another one."),
        (PASSWORD, "", "New password is empty. Enter one."),
        (PASSWORD, "alice-owner1", "Password is too much like your name or e-mail."),
    ],
)
def test_a_bad_change_is_refused_in_words(
    alice: User, alice_browser: Client, old: str, new: str, sentence: str
) -> None:
    assert sentence in change_password(alice_browser, old, new)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert not mailbox()


def test_guessing_the_current_password_is_throttled(alice_browser: Client) -> None:
    for _ in range(5):
        assert "Current password is wrong" in change_password(alice_browser, "wrong")
    assert "Too many tries" in change_password(alice_browser)


def test_signing_out_everywhere_ends_all_sessions_this_one_included(alice: User, bob: User) -> None:
    here, there, stranger = sign_in(alice), sign_in(alice), sign_in(bob)
    sent = here.post("/settings/security/end-sessions/", follow=True)
    assert sent.request["PATH_INFO"] == "/login/"
    assert "You are signed out everywhere." in sent.content.decode()
    for browser in (here, there):
        assert browser.get("/settings/profile/").status_code == 302
    assert stranger.get("/settings/profile/").status_code == 200
    line = alice.activity.latest("id")
    assert (line.event, line.details) == (Event.SESSIONS_ENDED, {"sessions": 2})


def test_signing_out_everywhere_ends_a_session_that_no_list_knows(alice_browser: Client) -> None:
    UserSession.objects.all().delete()
    alice_browser.post("/settings/security/end-sessions/")
    assert alice_browser.get("/settings/profile/").status_code == 302


def test_the_activity_page_says_what_where_from_and_with_what(alice: User, alice_browser: Client) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
    security_log.record(
        alice,
        Event.KEY_CREATED,
        Caller("2001:db8::7", agent),
        credential="key_1",
        name="Reports <bot>",
        permission="read-only",
    )
    page = alice_browser.get("/settings/activity/").content.decode()
    for words in (
        "API key created",
        "Reports &lt;bot&gt;, read-only",
        "2001:<wbr>db8:<wbr>:<wbr>7",
        "Chrome 131 on Linux",
        "just now",
    ):
        assert words in page


def test_the_activity_page_says_how_often_a_password_was_wrong(alice: User, alice_browser: Client) -> None:
    for _ in range(3):
        Client().post("/login/", {"login": alice.email, "password": "wrong"})
    assert (
        "Wrong password, 3 times within an hour" in alice_browser.get("/settings/activity/").content.decode()
    )


def test_the_activity_page_shows_nobody_elses_lines(alice_browser: Client, bob: User) -> None:
    security_log.record(bob, Event.KEY_CREATED, name="Bobs secret project")
    assert "Bobs secret project" not in alice_browser.get("/settings/activity/").content.decode()


def test_an_empty_activity_page_says_what_it_will_hold(alice_browser: Client) -> None:
    forget()
    assert "Nothing happened yet" in alice_browser.get("/settings/activity/").content.decode()


def test_a_long_activity_is_turned_page_by_page(alice: User, alice_browser: Client) -> None:
    for n in range(60):
        line = security_log.record(alice, Event.KEY_CHANGED, name=f"Key number {n}.")
        change(Activity.objects.filter(pk=line.pk), at=timezone.now() - timedelta(days=1, minutes=n))
    first = alice_browser.get("/settings/activity/").content.decode()
    assert "1 to 50 of 62" in first
    assert 'rel="next" href="?page=2"' in first
    assert "Key number 0." in first
    assert "Key number 59." not in first
    assert "Key number 59." in alice_browser.get("/settings/activity/?page=2").content.decode()


@cases("page", ["0", "-1", "nonsense", "9" * 5000, "1\x00", "99"])
def test_an_odd_page_number_is_no_crash(alice_browser: Client, page: str) -> None:
    assert alice_browser.get("/settings/activity/", {"page": page}).status_code == 200


def test_the_activity_page_makes_the_same_few_queries_however_long(
    alice: User, alice_browser: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(55):
        security_log.record(alice, Event.LOGIN)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        alice_browser.get("/settings/activity/")
