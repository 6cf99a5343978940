"""API keys in the admin: find them, read them, revoke them; no secret and no digest anywhere."""

import base64
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Activity, User
from apikeys import tokens, usage
from apikeys.models import APIKey, APIKeySecret, KeyState
from apikeys.services import create_key, delete_key, find_keys, revoke_key
from tests.cases import cases
from tests.fixtures import PASSWORD, signed_in

LIST = "/admin/apikeys/apikey/"
FIND = "/admin/apikeys/apikey/find/"
Key = tuple[APIKey, str]


def names(browser: Client, **query: str) -> set[str]:
    """The names of the keys in the list."""
    return {key.name for key in browser.get(LIST, query).context["cl"].result_list}


def messages(browser: Client, path: str) -> list[str]:
    """What a page says on top."""
    return [str(message) for message in browser.get(path).context["messages"]]


@pytest.mark.matrix  # each search
def test_keys_are_found_by_name_owner_and_every_id(sam_browser: Client, alice: User, bob: User) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    create_key(bob, name="Deploy", permission="read-write")
    for search in (
        "reports",
        "ALICE@example.com",
        alice.uid,
        key.uid,
        key.public_id,
        f"craft_key_{key.public_id}",
    ):
        assert names(sam_browser, q=search) == {"Reports bot"}, search
    assert names(sam_browser, q="") == {"Reports bot", "Deploy"}
    assert names(sam_browser, q="bot") == set()  # from its beginning: that has an index
    assert names(sam_browser, q="key_nothing") == set()


@pytest.mark.matrix  # each filter
def test_keys_are_filtered_by_state_and_permission(sam_browser: Client, alice: User) -> None:
    hour = timedelta(hours=1)
    for name in ("active", "expired", "deleted", "revoked", "deleted and revoked", "expired and deleted"):
        key, _ = create_key(alice, name=name, permission="read-write", expires_at=timezone.now() + hour)
        if "deleted" in name:
            delete_key(key)
        if "revoked" in name:
            revoke_key(key, reason="leaked", by="staff")
        if "expired" in name:
            APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - hour)
    create_key(alice, name="for ever", permission="read-only")
    for state, found in (
        ("active", {"active", "for ever"}),
        ("expired", {"expired"}),
        ("deleted", {"deleted", "expired and deleted"}),
        ("revoked", {"revoked", "deleted and revoked"}),
    ):
        assert names(sam_browser, state=state) == found
        for key in APIKey.objects.filter(name__in=found):
            assert key.state == state
    assert names(sam_browser, permission__exact="read-only") == {"for ever"}


def test_no_page_shows_a_secret_or_a_digest_and_none_can_be_changed(
    sam_browser: Client, read_only: Key
) -> None:
    key, raw = read_only
    digest = bytes(APIKeySecret.objects.get().digest)
    page = f"{LIST}{key.pk}/"
    for path in (LIST, page + "change/", page + "history/", page + "revoke/", FIND):
        content = sam_browser.get(path).content
        for secret in (raw[23:], digest.hex(), base64.b64encode(digest).decode(), key.name_key + '"'):
            assert secret.encode() not in content
    assert f"craft_key_{key.public_id}".encode() in sam_browser.get(page + "change/").content
    for path in (LIST + "add/", page + "change/", page + "delete/"):
        assert sam_browser.post(path, {"post": "yes", "name": "Other"}).status_code == 403
    key.refresh_from_db()
    assert (key.name, key.state) == ("Reports bot", KeyState.ACTIVE)


def test_a_pasted_key_leads_to_its_page_and_is_said_to_be_genuine(
    sam_browser: Client, read_only: Key
) -> None:
    key, raw = read_only
    for pasted in (raw, f"  {raw}\n", f'CRAFT_API_KEY="{raw}"  # leaked', f"Authorization: Bearer {raw}"):
        response = sam_browser.post(FIND, {"pasted": pasted})
        assert (response.status_code, response["Location"]) == (302, f"{LIST}{key.pk}/change/")
        assert messages(sam_browser, response["Location"]) == [
            "The pasted key is genuine: its secret is the one handed out."
        ]


def test_a_key_with_another_secret_leads_there_too_and_is_said_not_to_be_true(
    sam_browser: Client, read_only: Key
) -> None:
    key, raw = read_only
    body = raw[:23] + "A" * 32
    response = sam_browser.post(FIND, {"pasted": body + tokens.checksum(body)})
    assert response["Location"] == f"{LIST}{key.pk}/change/"
    assert messages(sam_browser, response["Location"]) == [
        "The pasted key names this one, but its secret is not the true one."
    ]


def damaged(raw: str) -> list[str]:
    swapped = "B" if raw[30] == "A" else "A"
    return [raw[:-1], raw + "x", raw[:30] + swapped + raw[31:], raw[:20], "craft_"]


@pytest.mark.matrix  # odd input
def test_a_cut_or_mistyped_key_is_said_to_be_so(sam_browser: Client, read_only: Key) -> None:
    for pasted in damaged(read_only[1]):
        response = sam_browser.post(FIND, {"pasted": pasted})
        assert response.status_code == 400
        assert "This key looks incomplete or mistyped." in response.content.decode()


@pytest.mark.matrix  # odd input
@cases(
    ("pasted", "message"),
    [
        ("", "Paste a key, or a text of at most 10,000 characters that holds one."),
        ("x" * 10_001, "Paste a key, or a text of at most 10,000 characters that holds one."),
        ("a\x00b", "Paste a key, or a text of at most 10,000 characters that holds one."),
        ("ghp_0123456789", "There is no Craft key in the pasted text. A key begins with craft_key_."),
        (tokens.generate(tokens.Kind.ACCESS_TOKEN).raw, "This is a Craft token, but not an API key."),
        (
            tokens.generate(tokens.Kind.API_KEY).raw,
            "This is a key, but none that is kept here. Keys go 7 days after they ended.",
        ),
    ],
)
def test_what_is_no_key_of_ours_gets_a_clear_answer(sam_browser: Client, pasted: str, message: str) -> None:
    response = sam_browser.post(FIND, {"pasted": pasted})
    assert response.status_code == 400
    assert message in response.content.decode()


@pytest.mark.matrix  # each place
def test_a_pasted_key_appears_in_no_answer_address_cookie_session_or_log(
    sam: User, read_only: Key, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = signed_in(sam)
    _, raw = read_only
    unknown = tokens.generate(tokens.Kind.API_KEY).raw
    with CaptureQueriesContext(connection) as queries:
        seen = ""
        for pasted in (raw, unknown, *damaged(raw)):
            for response in (browser.post(FIND, {"pasted": pasted}), browser.get(FIND)):
                seen += response.content.decode() + str(response.headers) + str(response.cookies)
    seen += " ".join(query["sql"] for query in queries) + caplog.text + str(dict(browser.session.items()))
    seen += str(list(LogEntry.objects.values()))
    for secret in (raw[23:], raw[23:40], unknown[23:]):
        assert secret not in seen
    assert "Find by key" in seen  # what is searched is not empty


def test_the_form_for_a_pasted_key_travels_by_post_and_asks_the_browser_to_forget(
    sam_browser: Client, read_only: Key
) -> None:
    page = sam_browser.get(FIND, {"pasted": read_only[1]}).content.decode()
    assert read_only[1][23:] not in page
    form = re.search(r'<form method="post"[^>]*>.*?</form>', page.split('id="content-main"')[1], re.DOTALL)
    assert form is not None
    assert re.search(r'<input type="text" name="pasted"[^>]* autocomplete="off" spellcheck="false"', form[0])
    assert 'value="' not in form[0].split('name="pasted"')[1].split(">")[0]


@cases("length", [61, 60, 30, 24])
def test_a_key_typed_into_the_search_is_led_to_the_form_and_leaves_the_address(
    sam_browser: Client, read_only: Key, length: int
) -> None:
    raw = read_only[1]
    response = sam_browser.get(LIST, {"q": f"x {raw[:length]}"})
    assert (response.status_code, response["Location"]) == (302, FIND)
    page = sam_browser.get(FIND).content.decode()
    assert "this browser now remembers it" in page
    assert raw[23:length] not in page or length == 24


def test_revoking_needs_a_reason_and_is_logged_for_staff_and_owner(
    sam_browser: Client, sam: User, alice: User, read_only: Key
) -> None:
    key, raw = read_only
    page = f"{LIST}{key.pk}/revoke/"
    program = Client(headers={"Authorization": f"Bearer {raw}"})
    assert program.get("/v1/me").status_code == 200
    usage.flush()
    shown = re.sub(r"\s+", " ", sam_browser.get(page).content.decode())
    assert "belongs to alice@example.com" in shown
    assert "1 request in the last 24 hours" in shown
    for reason in ("", "   ", "x" * 201, "a\x00b"):
        assert sam_browser.post(page, {"reason": reason}).status_code == 200
        assert program.get("/v1/me").status_code == 200

    response = sam_browser.post(page, {"reason": " Found on a public page "})
    assert (response.status_code, response["Location"]) == (302, f"{LIST}{key.pk}/change/")
    assert messages(sam_browser, response["Location"]) == [
        "“Reports bot” is revoked. Every request with it now gets 401."
    ]
    assert program.get("/v1/me").status_code == 401
    key.refresh_from_db()
    assert (key.state, key.revoked_reason) == (KeyState.REVOKED, "Found on a public page")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (sam, str(key.pk))
    assert entry.get_change_message() == "Revoked. Reason: Found on a public page"
    line = Activity.objects.get(user=alice, event="key_revoked")
    assert line.details == {"name": "Reports bot", "reason": "Found on a public page", "by": "staff"}
    assert (line.credential, line.ip) == (key.uid, None)
    assert "Found on a public page" in sam_browser.get(f"{LIST}{key.pk}/history/").content.decode()


def test_a_key_that_is_revoked_already_says_so_and_keeps_its_reason(
    sam_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    revoke_key(key, reason="first", by="command line")
    page = f"{LIST}{key.pk}/change/"
    assert f"{LIST}{key.pk}/revoke/" not in sam_browser.get(page).content.decode()
    for sent in (None, {"reason": "second"}):
        send = sam_browser.get if sent is None else sam_browser.post
        response = send(f"{LIST}{key.pk}/revoke/", sent)
        assert (response.status_code, response["Location"]) == (302, page)
        assert messages(sam_browser, page) == ["This key was revoked already."]
    key.refresh_from_db()
    assert key.revoked_reason == "first"
    assert not LogEntry.objects.exists()


def test_a_deleted_key_can_be_revoked_and_a_key_that_is_gone_cannot_be_found(
    sam_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    delete_key(key)
    assert sam_browser.post(f"{LIST}{key.pk}/revoke/", {"reason": "leaked"}).status_code == 302
    assert find_keys(key.uid).get().state == KeyState.REVOKED
    for pk in ("0", "999999999999999999999999"):
        assert sam_browser.post(f"{LIST}{pk}/revoke/", {"reason": "leaked"}).status_code == 404
        assert sam_browser.get(f"{LIST}{pk}/change/").status_code == 302


def test_only_staff_reach_the_two_pages_and_not_from_another_site(
    alice_browser: Client, sam: User, read_only: Key
) -> None:
    key, raw = read_only
    for path, sent in ((FIND, {"pasted": raw}), (f"{LIST}{key.pk}/revoke/", {"reason": "leaked"})):
        for browser, status in ((Client(), 200), (alice_browser, 403)):
            response = browser.post(path, sent, follow=True)
            assert response.status_code == status
            assert response.request["PATH_INFO"] == ("/login/" if status == 200 else "/admin/login/")
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(sam)
        assert strict.post(path, sent).status_code == 403
    key.refresh_from_db()
    assert key.state == KeyState.ACTIVE
    assert sam.check_password(PASSWORD)


def test_staff_without_the_right_reach_neither_page(sam: User, sam_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    for path, sent in ((FIND, {"pasted": raw}), (f"{LIST}{key.pk}/revoke/", {"reason": "leaked"})):
        assert sam_browser.get(path).status_code == 403
        assert sam_browser.post(path, sent).status_code == 403
    key.refresh_from_db()
    assert key.state == KeyState.ACTIVE


@pytest.mark.matrix  # what it costs
def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(
    sam_browser: Client, alice: User, bob: User
) -> None:
    create_key(alice, name="one", permission="read-only")
    with CaptureQueriesContext(connection) as few:
        sam_browser.get(LIST)
    for number in range(20):
        create_key(alice, name=f"key {number}", permission="read-only")
        create_key(bob, name=f"key {number}", permission="read-only")
    with CaptureQueriesContext(connection) as many:
        assert len(sam_browser.get(LIST).context["cl"].result_list) == 41
    assert len(many) == len(few) <= 6


def test_the_last_use_is_shown_once_it_is_written(sam_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    for agent in ("first/1", "second/2"):
        Client(headers={"Authorization": f"Bearer {raw}", "User-Agent": agent}).get("/v1/me")
    usage.flush()
    assert "second/2" in sam_browser.get(f"{LIST}{key.pk}/change/").content.decode()
