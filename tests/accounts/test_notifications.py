"""Which mails a person wants beside those about security."""

from django.test import Client

from accounts.models import Activity, User
from tests.fixtures import PASSWORD, age_sign_in
from tests.mailbox import mailbox

PATH = "/settings/notifications/"
TICKED = {"mails_about_expiry": "on"}


def is_wanted(user: User) -> bool:
    return User.objects.get(pk=user.pk).mails_about_expiry


def test_signed_out_leads_to_sign_in(db: None) -> None:
    assert Client().get(PATH)["Location"] == f"/login/?next={PATH}"
    assert Client().post(PATH)["Location"] == f"/login/?next={PATH}"


def test_they_are_on_to_begin_with_and_the_page_is_in_the_navigation(alice_browser: Client) -> None:
    html = alice_browser.get(PATH).content.decode()
    assert 'name="mails_about_expiry" checked' in html
    assert "alice@example.com" in html
    assert f'href="{PATH}"' in alice_browser.get("/settings/").content.decode()


def test_switching_off_is_mailed_and_logged_once(alice: User, alice_browser: Client) -> None:
    sent = len(mailbox())
    assert alice_browser.post(PATH)["Location"] == PATH
    html = alice_browser.get(PATH).content.decode()
    assert "Notifications saved." in html
    assert 'name="mails_about_expiry" checked' not in html
    alice_browser.post(PATH)
    [mail] = mailbox()[sent:]
    assert mail.to == ["alice@example.com"]
    assert "expire" in mail.body
    line = Activity.objects.get(user=alice, event="profile_changed")
    assert line.details["changed"] == {"mails about expiry": ["on", "off"]}


def test_switching_off_takes_a_recent_sign_in_and_on_does_not(alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, 901)
    assert alice_browser.post(PATH)["Location"].startswith("/reauthenticate/?next=")
    assert is_wanted(alice)
    alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": PATH})
    alice_browser.post(PATH)
    assert not is_wanted(alice)
    age_sign_in(alice_browser, 901)
    sent = len(mailbox())
    assert alice_browser.post(PATH, TICKED)["Location"] == PATH
    assert is_wanted(alice)
    assert len(mailbox()) == sent


def test_another_persons_choice_stays(alice_browser: Client, bob: User) -> None:
    alice_browser.post(PATH, {"user": str(bob.pk)})
    assert is_wanted(bob)
