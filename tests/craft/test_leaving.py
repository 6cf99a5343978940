"""The page Data: a copy of everything, and what it says of deleting the account."""

import json
import tracemalloc
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.events import Event
from accounts.models import Activity, User
from api.projects.models import Project
from apikeys.models import APIKey
from apikeys.services import create_key
from craft import export
from craft.export import export_of
from tests.api.oauth.flow import connect, make_app
from tests.fixtures import API, age_sign_in

PAGE, EXPORT = "/settings/data/", "/settings/data/export/"
pytestmark = pytest.mark.django_db


def exported(browser: Client) -> tuple[Any, str]:
    """What the button downloads: (the document, its text)."""
    response = browser.post(EXPORT)
    assert response.status_code == 200
    text = response.getvalue().decode()
    return json.loads(text), text


@pytest.mark.parametrize(
    ("path", "back"), [(PAGE, PAGE), (EXPORT, PAGE), ("/settings/data/delete-account/",) * 2]
)
def test_signed_out_it_leads_to_the_sign_in_and_back(path: str, back: str) -> None:
    assert Client().get(path)["Location"] == f"/login/?next={back}"
    assert Client().post(path)["Location"] == f"/login/?next={back}"


def test_the_page_says_how_much_there_is(alice: User, alice_browser: Client) -> None:
    Project.objects.create(owner=alice, name="Harbour", file_count=1204, stored_bytes=5 * 2**20)
    page = " ".join(alice_browser.get(PAGE).content.decode().split())
    assert "projects, with a link to each of 1,204 files (5.0" in page
    create_key(alice, name="Reports bot", permission="read-only")
    page = " ".join(alice_browser.get("/settings/data/delete-account/").content.decode().split())
    assert "1 API key and 0 connected apps are answered 401" in page
    assert "1 project, 1,204 files" in page


def test_the_export_holds_all_that_is_hers_and_no_secret(
    alice: User, bob: User, alice_browser: Client, api: API
) -> None:
    _, raw = create_key(alice, name="Deploy", permission="read-write")
    project = api("POST", "/v1/projects", raw, json={"name": "Harbour"}).json()["data"]["id"]
    Project.objects.create(owner=bob, name="Bob's own")
    create_key(bob, name="Bob's key", permission="read-only")
    own, other = make_app(alice), make_app(bob)
    tokens = connect(alice_browser, other)
    document, text = exported(alice_browser)
    assert document["account"]["email"] == "alice@example.com"
    assert [key["name"] for key in document["apiKeys"]] == ["Deploy"]
    assert [app["id"] for app in document["developerApps"]] == [own.id]
    assert [app["id"] for app in document["connectedApps"]] == [other.id]
    assert len(document["sessions"]) == 1
    assert document["activity"][-1]["event"] == Event.DATA_EXPORTED
    assert [(each["id"], each["files"], each["deployments"]) for each in document["projects"]] == [
        (project, [], [])
    ]
    assert "Bob's" not in text
    for secret in (raw[23:], own.secret[23:] if own.secret else "", tokens["access_token"][23:]):
        assert secret not in text
    assert "password" not in document["account"]


def test_each_file_has_an_address_that_answers(
    alice: User, alice_browser: Client, api: API, settings: Any, tmp_path: Any
) -> None:
    from craft import configuration

    (tmp_path / "files").mkdir(mode=0o700)
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(tmp_path / "files")}
    _, raw = create_key(alice, name="Deploy", permission="read-write")
    project = api("POST", "/v1/projects", raw, json={"name": "Harbour"}).json()["data"]["id"]
    file = {"path": "a folder/ä?.txt", "content": "hello"}
    assert api("POST", f"/v1/projects/{project}/files", raw, json=file).status_code == 201
    assert api("POST", f"/v1/projects/{project}/deployments", raw).status_code == 201
    [row] = exported(alice_browser)[0]["projects"]
    [found] = row["files"]
    assert found["path"] == "a folder/ä?.txt"
    assert len(row["deployments"]) == 1
    path = found["url"].removeprefix("http://localhost:8000")
    assert alice_browser.get(path).json()["data"]["content"] == "hello"


def test_it_is_a_download_that_nobody_stores(alice: User, alice_browser: Client) -> None:
    response = alice_browser.post(EXPORT)
    assert response["Content-Disposition"].startswith(f'attachment; filename="craft-{alice.uid}-')
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_it_takes_a_recent_sign_in_and_a_press_of_the_button(alice: User, alice_browser: Client) -> None:
    assert alice_browser.get(EXPORT).status_code == 405
    age_sign_in(alice_browser, 901)
    assert alice_browser.post(EXPORT)["Location"] == "/reauthenticate/?next=%2Fsettings%2Fdata%2F"
    assert not alice.activity.filter(event=Event.DATA_EXPORTED).exists()


@pytest.mark.matrix  # as many as there may be
def test_an_eleventh_export_within_an_hour_is_refused(alice: User, alice_browser: Client) -> None:
    for _ in range(10):
        exported(alice_browser)
    response = alice_browser.post(EXPORT, follow=True)
    assert "You have exported your data ten times" in response.content.decode()


def test_what_is_deleted_meanwhile_is_missing_and_the_rest_is_whole(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_SIZE", 2)
    monkeypatch.setattr(export, "CHUNK_BYTES", 1)
    for number in range(6):
        create_key(alice, name=f"Key {number}", permission="read-only")
        Project.objects.create(owner=alice, name=f"Project {number}")
    pieces = export_of(alice)
    text = b"".join(next(pieces) for _ in range(5))
    assert b"Key 0" in text
    alice.delete()
    document = json.loads(text + b"".join(pieces))
    assert 1 <= len(document["apiKeys"]) < 6
    assert document["projects"] == []


@pytest.mark.long
@pytest.mark.variant  # that it is sent in pieces is asked of six keys
def test_memory_stays_flat_with_many_rows(alice: User) -> None:
    now = timezone.now()
    lines = [Activity(user=alice, event=Event.LOGIN, at=now, user_agent="x" * 150) for _ in range(30_000)]
    Activity.objects.bulk_create(lines, batch_size=5_000)
    del lines
    tracemalloc.start()
    try:
        size = sum(len(chunk) for chunk in export_of(alice))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 8_000_000
    assert peak < 12_000_000


def test_a_new_account_exports_empty_lists(alice: User, alice_browser: Client) -> None:
    document, _ = exported(alice_browser)
    assert (document["apiKeys"], document["projects"], document["developerApps"]) == ([], [], [])
    assert not APIKey.objects.exists()
