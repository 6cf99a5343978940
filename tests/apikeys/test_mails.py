"""Mails about keys: which key, when, from where and where to look; never the secret."""

from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.web.client import Client as Caller
from apikeys.models import APIKey, DisabledBy
from apikeys.services import change_key, create_key, disable_key, enable_key, rotate_key
from tests.mailbox import mailbox

LAPTOP = Caller(ip="203.0.113.7", agent="curl/8.5.0")
WAS_IT_YOU = "It was not me:\n\n  http://localhost:8000/settings/revoke-everything/"


def newest(subject: str) -> EmailMessage:
    mail = mailbox()[-1]
    assert (mail.subject, mail.to) == (f"[Craft] {subject}", ["alice@example.com"])
    return mail


def says_it_all(mail: EmailMessage, key: APIKey, *secrets: str) -> None:
    """Name, public id, address, program, time and link; no secret in any part."""
    [html] = [content for content, _ in mail.alternatives]  # type: ignore[attr-defined]
    for words in ("Reports <b>", key.shown_id, "203.0.113.7", "curl/8.5", f"{timezone.now():%-d %B %Y, %H:}"):
        assert words in mail.body
    assert "Reports &lt;b&gt;" in html
    assert "Reports <b>" not in html
    assert f"/settings/api-keys/{key.uid}/" in mail.body
    assert WAS_IT_YOU in mail.body
    for raw in secrets:
        assert raw[23:] not in mail.body + html + str(mail.subject)


def test_a_new_key_is_mailed(alice: User) -> None:
    key, raw = create_key(alice, name="Reports <b>", permission="read-only", client=LAPTOP)
    mail = newest("New API key: Reports <b>")
    says_it_all(mail, key, raw)
    assert "A read-only API key was created in your account." in mail.body


def test_a_key_by_an_app_says_so(alice: User) -> None:
    create_key(alice, name="Sync", permission="read-write", made_by="grant_x", client=LAPTOP)
    body = " ".join(str(newest("New API key: Sync").body).split())
    assert "in your account by an app that you gave access." in body


def test_a_widened_key_is_mailed_and_a_narrowed_or_renamed_one_is_not(alice: User) -> None:
    key, raw = create_key(alice, name="Reports <b>", permission="read-only")
    change_key(key, permission="read-write", client=LAPTOP)
    says_it_all(newest("API key may write now: Reports <b>"), key, raw)
    sent = len(mailbox())
    change_key(key, permission="read-only", name="Another", expires_at=None, client=LAPTOP)
    assert len(mailbox()) == sent


def test_a_rotation_is_mailed_with_its_grace(alice: User) -> None:
    key, old = create_key(alice, name="Reports <b>", permission="read-only")
    key, new = rotate_key(key, grace=86400, client=LAPTOP)
    mail = newest("API key is rotating: Reports <b>")
    says_it_all(mail, key, old, new)
    assert "until the new one is used, and for 24 hours after that." in " ".join(str(mail.body).split())


def test_a_rotation_without_grace_says_none(alice: User) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    rotate_key(key, grace=0, client=LAPTOP)
    body = " ".join(str(newest("API key is rotating: Reports bot").body).split())
    assert "goes on working until the new one is used." in body


def test_staffs_disabling_is_mailed_with_the_reason_and_the_owners_own_is_not(alice: User) -> None:
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    sent = len(mailbox())
    disable_key(key)
    enable_key(key)
    assert len(mailbox()) == sent
    disable_key(key, by=DisabledBy.STAFF, reason="Seen in a public log.")
    mail = newest("API key disabled: Reports bot")
    assert "Seen in a public log." in mail.body
    assert f"{timezone.now():%-d %B %Y, %H:}" in mail.body
    assert key.shown_id in mail.body
    assert f"/settings/api-keys/{key.uid}/" in mail.body
    assert raw[23:] not in mail.body


def test_what_the_page_does_is_mailed_with_the_browsers_address(alice_browser: Client) -> None:
    alice_browser.post(
        "/settings/api-keys/new/",
        {"name": "Reports bot", "permission": "read-only", "expires": "90", "form_id": "x" * 22},
        REMOTE_ADDR="203.0.113.9",
    )
    assert "203.0.113.9" in newest("New API key: Reports bot").body


def test_a_key_from_the_command_line_says_where_from(alice: User) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    assert "unknown, from Craft's own command line" in newest("New API key: Reports bot").body
