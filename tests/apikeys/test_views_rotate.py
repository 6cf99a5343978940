"""Rotating a key on its owner's pages: a new secret, who still has the old one, its end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.web.client import Client as Caller
from apikeys import lookup, tokens, usage
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, disable_key, rotate_key
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import call, use
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in

Key = tuple[APIKey, str]
FORM_ID = "abcdefghijklmnopqrstuv"
OFFICE = Caller(ip="192.0.2.15", agent="thumbs/0.4 Go-http-client")


def path_of(key: APIKey, page: str = "rotate/") -> str:
    return f"/settings/api-keys/{key.uid}/{page}"


def rotate(browser: Client, key: APIKey, **fields: str) -> Any:
    return browser.post(path_of(key), {"grace": "3600", "form_id": FORM_ID, **fields})


def new_secret_on(html: str) -> str:
    shown: set[str] = set(re.findall(r"craft_key_\w{12}_\w{38}", html))
    [raw] = shown
    return raw


def works(raw: str) -> bool:
    try:
        lookup.authenticate_key(tokens.parse(raw), call())
    except lookup.KeyRefused:
        return False
    return True


def test_a_day_is_chosen_to_begin_with(alice_browser: Client, read_only: Key) -> None:
    html = alice_browser.get(path_of(read_only[0])).content.decode()
    assert re.findall(r'value="(\d+)" checked', html) == ["86400"]
    assert re.findall(r'name="grace"\s+value="(\d+)"', html) == ["0", "3600", "86400", "604800"]


@cases(
    ("grace", "words"),
    [
        ("0", "The old secret works until the new one is used."),
        ("3600", "until the new one is used, and for 1 hour after that."),
        ("86400", "until the new one is used, and for 24 hours after that."),
        ("604800", "until the new one is used, and for 7 days after that."),
    ],
)
def test_the_new_secret_is_shown_once_straight_from_the_post_and_both_work(
    alice_browser: Client, read_only: Key, grace: str, words: str
) -> None:
    key, old = read_only
    page = rotate(alice_browser, key, grace=grace)
    html = page.content.decode()
    new = new_secret_on(html)
    assert "no-store" in page["Cache-Control"]
    assert "Copy your new secret now" in html
    assert words in text_of(html)
    assert new != old
    assert works(old)
    assert works(new)
    assert works(old) == (grace != "0")
    for part in ("", "requests/", "settings/", "rotation/finish/"):
        assert new[-38:] not in alice_browser.get(path_of(key, part)).content.decode()
    assert APIKey.objects.get().name == "Reports bot"


def test_a_form_sent_again_makes_no_third_secret_and_says_so(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    new = new_secret_on(rotate(alice_browser, key).content.decode())
    age_sign_in(alice_browser, 3600)
    again = rotate(alice_browser, key)
    html = again.content.decode()
    assert "This new secret was made already" in html
    assert "no-store" in again["Cache-Control"]
    assert new not in html
    assert APIKeySecret.objects.count() == 2


def test_rotating_on_an_old_sign_in_asks_for_the_password(alice_browser: Client, read_only: Key) -> None:
    age_sign_in(alice_browser, 901)
    asked = rotate(alice_browser, read_only[0])
    assert asked["Location"].startswith("/reauthenticate/?next=")
    assert APIKeySecret.objects.count() == 1


@cases(
    ("fields", "error"),
    [
        ({"grace": "60"}, "Choose one of the times listed."),
        ({"grace": "-1"}, "Choose one of the times listed."),
        ({"grace": "9" * 400}, "Choose one of the times listed."),
        ({"grace": ""}, "Choose how long the old secret goes on working."),
        ({"form_id": "x"}, "The form arrived incomplete."),
    ],
)
def test_a_bad_form_makes_no_secret(
    alice_browser: Client, read_only: Key, fields: dict[str, str], error: str
) -> None:
    assert error in rotate(alice_browser, read_only[0], **fields).content.decode()
    assert APIKeySecret.objects.count() == 1


@pytest.mark.matrix  # each reason
@pytest.mark.parametrize("state", ["disabled", "expired", "rotating"])
def test_what_cannot_be_rotated_is_not_offered_and_refused_with_the_reason(
    alice_browser: Client, read_only: Key, state: str
) -> None:
    key, _ = read_only
    if state == "disabled":
        disable_key(key)
    elif state == "expired":
        APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    else:
        rotate_key(key, grace=0)
    secrets = APIKeySecret.objects.count()
    assert alice_browser.get(path_of(key))["Location"] == path_of(key, "")
    page = alice_browser.get(path_of(key, "")).content.decode()
    assert f'href="{path_of(key)}"' not in page
    refused = alice_browser.get(rotate(alice_browser, key)["Location"]).content.decode()
    assert {
        "disabled": "Enable it, then rotate it.",
        "expired": "Extend it, then rotate it.",
        "rotating": "This key is rotating already.",
    }[state] in refused
    assert APIKeySecret.objects.count() == secrets


def test_who_is_still_on_the_old_secret_is_named_until_it_ends(alice_browser: Client, read_only: Key) -> None:
    key, old = read_only
    use(key, Caller(ip="198.51.100.99", agent="gone/1"))
    usage.flush()
    key.callers.update(last_at=timezone.now() - timedelta(days=2), day=timezone.now().date())
    html = rotate(alice_browser, key).content.decode()
    page = text_of(alice_browser.get(path_of(key, "")).content)
    assert "Nobody is on the old secret" in page
    assert "New secret not used yet" in page
    usage.record_use(key.pk, old[10:22], call(OFFICE), status=200)
    usage.flush()
    assert works(new_secret_on(html))
    page = text_of(alice_browser.get(path_of(key, "")).content)
    assert "1 caller still on the old secret thumbs/0.4 at 192.0.2.15, just now" in page
    assert "198.51.100.99, " not in page
    assert "New secret in use" in page
    assert "The old one ends in 59 minutes" in page
    table = page.split("Callers of Reports bot")[1]
    assert table.index("192.0.2.15") < table.index("198.51.100.99")
    assert "Old, in use" in table
    assert "Old, quiet" in table
    asked = text_of(alice_browser.get(path_of(key, "rotation/finish/")).content)
    assert "1 caller still on the old secret: thumbs/0.4 at 192.0.2.15, just now . They get 401" in asked


@pytest.mark.matrix  # as many as there may be
def test_no_crowd_on_the_new_secret_hides_who_is_on_the_old(alice_browser: Client, read_only: Key) -> None:
    key, old = read_only
    _, new = rotate_key(key, grace=3600)
    usage.record_use(key.pk, old[10:22], call(OFFICE), status=200)
    usage.flush()
    for number in range(50):
        usage.record_use(key.pk, new[10:22], call(Caller(ip=f"203.0.113.{number}", agent="x")), status=200)
    usage.flush()
    page = text_of(alice_browser.get(path_of(key, "")).content)
    assert "1 caller still on the old secret" in page


@pytest.mark.parametrize("is_used", [True, False])
def test_finishing_ends_the_old_secret_used_or_not(
    alice: User, alice_browser: Client, read_only: Key, is_used: bool
) -> None:
    key, old = read_only
    _, new = rotate_key(key, grace=86400)
    assert not is_used or works(new)
    path = path_of(key, "rotation/finish/")
    age_sign_in(alice_browser, 86400)  # ending a secret never asks for one
    warning = "Nobody has used the new secret yet."
    assert (warning in alice_browser.get(path).content.decode()) == (not is_used)
    assert alice_browser.post(path)["Location"] == path_of(key, "")
    assert not works(old)
    assert works(new)
    assert "has ended" in alice_browser.get(path_of(key, "")).content.decode()
    assert Activity.objects.filter(event="key_rotated", details__step="finished").count() == 1
    assert "is not rotating" in alice_browser.post(path, follow=True).content.decode()
    assert alice_browser.get(path)["Location"] == path_of(key, "")


def test_cancelling_ends_the_new_secret_while_it_is_unused(alice_browser: Client, read_only: Key) -> None:
    key, old = read_only
    _, new = rotate_key(key, grace=86400)
    path = path_of(key, "rotation/cancel/")
    assert f'href="{path}"' in re.sub(r"\s+", " ", alice_browser.get(path_of(key, "")).content.decode())
    age_sign_in(alice_browser, 901)
    assert alice_browser.post(path)["Location"].startswith("/reauthenticate/?next=")
    assert APIKeySecret.objects.count() == 2
    alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": path})
    assert "which nobody has used, ends at once" in alice_browser.get(path).content.decode()
    assert alice_browser.post(path)["Location"] == path_of(key, "")
    assert works(old)
    assert not works(new)
    assert "is not rotating" in alice_browser.post(path, follow=True).content.decode()
    assert (
        "is not rotating"
        in alice_browser.post(path_of(key, "rotation/finish/"), follow=True).content.decode()
    )


def test_a_rotation_whose_new_secret_is_in_use_cannot_be_cancelled(
    alice_browser: Client, read_only: Key
) -> None:
    key, old = read_only
    _, new = rotate_key(key, grace=86400)
    path = path_of(key, "rotation/cancel/")
    assert works(new)
    assert path not in alice_browser.get(path_of(key, "")).content.decode()
    asked = alice_browser.get(path).content.decode()
    assert "cannot be cancelled any more" in asked
    assert "Cancel the rotation</button>" not in asked
    assert "in use already" in alice_browser.post(path, follow=True).content.decode()
    assert works(old)
    assert works(new)


def test_the_list_says_that_a_key_rotates_unless_it_ends_sooner(alice: User, alice_browser: Client) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    rotate_key(key, grace=3600)
    html = alice_browser.get("/settings/api-keys/").content.decode()
    assert "Rotating" in html
    assert f'href="{path_of(key)}"' not in html
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() + timedelta(hours=8))
    assert "Expires soon" in alice_browser.get("/settings/api-keys/").content.decode()
