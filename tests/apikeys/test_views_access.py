"""Who may see the key pages, how, and that looking changes nothing."""

import pytest
from django.test import Client

from accounts.models import Activity, User
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import delete_key
from tests.cases import cases

READ = ("", "usage.csv", "callers.csv", "requests/", "first-use/")
PRESSED = ("read-only/", "undo-read-only/", "put-aside/")
ASKED = ("settings/", "rotate/", "rotation/finish/", "rotation/cancel/", "disable/", "enable/", "restore/")
PAGES_OF_A_KEY = (*READ, *ASKED, "delete/", "delete/?dialog")
Key = tuple[APIKey, str]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "",
        "new/",
        "key_0123456789abcdef/",
        *(f"key_0123456789abcdef/{page}" for page in (*READ, *ASKED, *PRESSED, "delete/")),
    ],
)
def test_signed_out_leads_to_sign_in_and_back(path: str) -> None:
    path = f"/settings/api-keys/{path}"
    back = f"{path.removesuffix('/').rpartition('/')[0]}/" if path.endswith(PRESSED) else path
    assert Client().get(path)["Location"] == f"/login/?next={back}"
    assert Client().post(path)["Location"] == f"/login/?next={back}"


@cases("part", [*PAGES_OF_A_KEY, *PRESSED])
def test_a_stranger_finds_no_key(bob_browser: Client, read_write: Key, part: str) -> None:
    key, _ = read_write
    path = f"/settings/api-keys/{key.uid}/{part}"
    assert bob_browser.get(path).status_code == (405 if part in PRESSED else 404)
    if part not in READ:
        sent = {"name": "Mine now", "permission": "read-write", "expires": "never", "confirm": key.name}
        sent |= {"grace": "0", "form_id": "x" * 22, "seconds": "600", "advice": "old"}
        assert bob_browser.post(path, sent).status_code == 404
    key.refresh_from_db()
    assert (key.name, key.state) == ("Deploy from CI", "active")


def test_a_stranger_sees_no_key_in_the_list(bob_browser: Client, read_write: Key) -> None:
    page = bob_browser.get("/settings/api-keys/").content.decode()
    assert "Deploy from CI" not in page
    assert "No keys yet" in page


@cases("uid", ["key_unknown", "new%00", "..", "KEY", "%zz"])
def test_an_unknown_key_is_not_found(alice_browser: Client, uid: str) -> None:
    assert alice_browser.get(f"/settings/api-keys/{uid}/settings/").status_code == 404


@pytest.mark.matrix  # each path
@cases(
    ("method", "part"),
    [
        ("post", "{key}/"),
        ("post", "{key}/first-use/"),
        ("put", "new/"),
        ("delete", "{key}/"),
        ("delete", "{key}/delete/"),
        ("patch", "{key}/settings/"),
        ("post", "{key}/requests/"),
        ("post", "{key}/usage.csv"),
        ("get", "{key}/read-only/"),
        ("get", "{key}/undo-read-only/"),
        ("get", "{key}/put-aside/"),
        ("put", "{key}/rotate/"),
        ("put", "{key}/disable/"),
        ("put", "{key}/restore/"),
    ],
)
def test_another_method_is_refused(alice_browser: Client, read_only: Key, method: str, part: str) -> None:
    path = f"/settings/api-keys/{part.format(key=read_only[0].uid)}"
    assert getattr(alice_browser, method)(path).status_code == 405
    read_only[0].refresh_from_db()
    assert read_only[0].state == "active"


def test_a_form_without_its_token_is_refused(alice: User, read_only: Key) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    uid = read_only[0].uid
    for page in ("", "new/", *(f"{uid}/{part}" for part in (*ASKED, *PRESSED, "delete/"))):
        sent = {"name": "x", "permission": "read-only", "expires": "90", "form_id": "x" * 22, "grace": "0"}
        assert strict.post(f"/settings/api-keys/{page}", sent).status_code == 403
    assert APIKey.objects.get().state == "active"


@pytest.mark.long
def test_looking_at_every_page_changes_nothing(alice: User, alice_browser: Client, read_only: Key) -> None:
    deleted = delete_key(
        APIKey.objects.create(user=alice, name="Gone", name_key="gone", permission="read-only")
    )
    APIKeySecret.objects.create(key=deleted, public_id="0" * 12, digest=b"")
    before = (
        list(APIKey.objects.order_by("pk").values()),
        list(APIKeySecret.objects.values()),
        Activity.objects.count(),
    )
    for uid in (read_only[0].uid, deleted.uid):
        for page in PAGES_OF_A_KEY:
            path = f"/settings/api-keys/{uid}/{page}"
            assert alice_browser.get(path).status_code in (200, 302)
            assert alice_browser.head(path).status_code in (200, 302)
    for page in ("", "new/", "?show=idle", "?sort=-name"):
        assert alice_browser.get(f"/settings/api-keys/{page}").status_code == 200
    after = (
        list(APIKey.objects.order_by("pk").values()),
        list(APIKeySecret.objects.values()),
        Activity.objects.count(),
    )
    assert after == before
