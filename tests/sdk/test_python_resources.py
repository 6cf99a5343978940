"""Every method of the Python SDK against the real server, in both clients."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from craft_sdk import (
    APIKey,
    ConnectedApp,
    CraftClient,
    CreatedAPIKey,
    NotFoundError,
    Project,
    UnauthorizedError,
)
from tests.sdk.python import Account, Make, connect
from tests.sdk.server import App, Craft

pytestmark = pytest.mark.server
NAME = "Alice Owner"


@pytest.fixture
def project(client: Any) -> Iterator[Project]:
    made: Project = client.projects.create(name="For a test")
    yield made
    client.projects.delete(made.id)


def test_me_is_the_person_and_can_be_renamed(client: Any, account: Account) -> None:
    assert client.me.get().email == account.email

    renamed = client.me.update(name="Alice of the SDK")

    assert renamed.name == client.me.get().name == "Alice of the SDK"
    assert client.me.update(name=NAME).name == NAME


def test_auth_tells_of_the_key_and_ends_it(craft: Craft, make: Make, account: Account) -> None:
    client = make(craft.new_key(account.email, permission="read-only", name="To be ended"))

    auth = client.auth.get()

    assert (auth.kind, auth.name, auth.scopes) == ("api_key", "To be ended", ("read",))
    assert auth.created_at.utcoffset() == timedelta(0)
    assert (auth.expires_at, auth.rate_limit) == (None, None)
    assert client.auth.delete().id == auth.id
    with pytest.raises(UnauthorizedError):
        client.me.get()


def test_auth_tells_how_much_of_the_rate_limit_is_left(craft: Craft, make: Make) -> None:
    limited = make(craft.new_key(craft.new_user(plan="free")))

    rate_limit = limited.auth.get().rate_limit

    assert (rate_limit.limit, rate_limit.remaining) == (6, 5)
    assert rate_limit.reset > datetime.now(UTC).timestamp() - 1


def test_a_project_is_made_read_changed_and_deleted(client: Any) -> None:
    made = client.projects.create(
        name="Shop", description="Sells", template="shop", settings={"colours": ["red"], "n_items": 3}
    )
    assert (made.name, made.description, made.template, made.status) == ("Shop", "Sells", "shop", "active")
    assert made.settings == {"colours": ["red"], "n_items": 3}
    assert (made.preview_url, made.stats.files, made.stats.last_edited_at) == (None, 0, None)
    assert client.projects.get(made.id) == made

    changed = client.projects.update(made.id, name="Store", template=None, status="archived")

    assert (changed.name, changed.template, changed.status) == ("Store", None, "archived")
    assert changed.description == "Sells", "what is left out stays"
    assert changed.updated_at >= made.updated_at
    assert changed.id in [each.id for each in client.projects.list(status="archived")]
    deleted = client.projects.delete(made.id)
    assert (deleted.id, deleted.deleted) == (made.id, True)
    with pytest.raises(NotFoundError):
        client.projects.get(made.id)


def test_files_are_made_read_replaced_listed_and_deleted(client: Any, project: Project) -> None:
    text = client.files.create(project.id, "pages/100% ä b#?.html", "<h1>Grüße</h1>")
    octets = client.files.create(project.id, "logo.bin", b"\x00\xff")
    assert (text.path, text.content_type) == ("pages/100% ä b#?.html", "text/html; charset=utf-8")
    assert octets.size == 2

    read = client.files.get(project.id, text.path)
    assert (read.content, read.encoding, read.data) == ("<h1>Grüße</h1>", "utf-8", "<h1>Grüße</h1>".encode())
    read = client.files.get(project.id, "logo.bin")
    assert (read.encoding, read.data) == ("base64", b"\x00\xff")

    newer = client.files.update(project.id, text.path, "<h1>Neu</h1>", if_match=text.sha256)
    assert newer.sha256 != text.sha256
    listed = client.files.list(project.id, sort="path", order="asc")
    assert [each.path for each in listed] == ["logo.bin", "pages/100% ä b#?.html"]
    assert client.files.delete(project.id, text.path, if_match=newer.sha256).id == text.path
    assert [each.path for each in client.files.list(project.id)] == ["logo.bin"]


def test_a_project_is_deployed_and_the_deployment_taken_down(client: Any, project: Project) -> None:
    client.files.create(project.id, "index.html", "Hello")

    made = client.deployments.create(project.id)

    assert (made.status, made.files) == ("ready", 1)
    assert client.projects.get(project.id).preview_url == made.url
    assert client.deployments.get(project.id, made.id) == made
    assert list(client.deployments.list(project.id)) == [made]
    assert client.deployments.delete(project.id, made.id).deleted
    assert client.deployments.list(project.id).total == 0


def test_api_keys_are_made_changed_and_deleted_by_an_app_with_admin(
    craft: Craft, admin: Any, make: Make
) -> None:
    ends = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
    made: CreatedAPIKey = admin.api_keys.create(name="By the SDK", permission="read-only", expires_at=ends)
    assert made.expires_at == ends
    assert made.key.startswith(f"craft_key_{made.public_id}_")
    assert made.key not in repr(made)
    assert make(made.key).me.get().name == NAME

    changed: APIKey = admin.api_keys.update(made.id, name="Renamed", permission="read-write", expires_at=None)

    assert (changed.name, changed.permission, changed.expires_at) == ("Renamed", "read-write", None)
    assert admin.api_keys.get(made.public_id).last_used_from == "127.0.0.1"
    assert "Renamed" in [each.name for each in admin.api_keys.list(sort="name", limit=100)]
    assert admin.api_keys.delete(made.id).deleted
    assert made.id in [each.id for each in admin.api_keys.list(state="deleted").all()]


def test_connected_apps_are_listed_and_disconnected(craft: Craft, make: Make, app: App) -> None:
    email = craft.new_user()
    admin = make(access_token=connect(craft, email, app, scope="read admin").access_token)
    other = craft.new_app()
    connect(craft, email, other, scope="read")

    apps: Sequence[ConnectedApp] = admin.connected_apps.list()

    assert {each.id: each.scopes for each in apps} == {
        other.client_id: ("read",),
        app.client_id: ("read", "admin"),
    }
    assert admin.connected_apps.delete(other.client_id).deleted
    assert [each.id for each in admin.connected_apps.list()] == [app.client_id]


def test_activity_lists_what_happened(admin: Any, account: Account) -> None:
    lines = admin.activity.list(event="grant_created", limit=1)

    assert len(lines) == 1
    assert (lines[0].event, lines[0].ip) == ("grant_created", "127.0.0.1")
    assert lines[0].at.tzinfo is not None
    assert {line.event for line in admin.activity.list(limit=2).all()} >= {"signup", "grant_created"}


def test_any_other_call_can_be_made_by_its_path(client: Any) -> None:
    assert client.request("GET", "/me")["name"] == NAME
    made = client.request("POST", "/projects", json={"name": "By path"})
    assert client.request("GET", "/projects", params={"limit": 1})[0]["id"] == made["id"]
    assert client.request("DELETE", f"/projects/{made['id']}") == {"id": made["id"], "deleted": True}


class CountingTransport(httpx.HTTPTransport):
    """httpx's own, which counts what goes through it."""

    requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return super().handle_request(request)


@pytest.fixture(scope="module")
def key_to_250_projects(craft: Craft) -> str:
    email = craft.new_user()
    craft.manage("seed", email, "--projects", "250")
    return craft.new_key(email)


def test_a_list_is_its_first_page_and_all_goes_through_250_projects(
    make: Make, key_to_250_projects: str
) -> None:
    client = make(key_to_250_projects)

    first = client.projects.list()

    assert (len(first), first.total) == (20, 250)
    assert (first.pagination.total_pages, first.pagination.has_more) == (13, True)
    assert len({project.id for project in first.all()}) == 250
    assert first[0] in list(first)
    assert [each.id for each in first[:2]] == [first[0].id, first[1].id]
    archived = list(client.projects.list(status="archived", limit=7, sort="updated_at", order="asc").all())
    assert {each.status for each in archived} == {"archived"}
    assert [each.updated_at for each in archived] == sorted(each.updated_at for each in archived)
    assert list(client.projects.list(page=99)) == []


def test_pages_are_fetched_when_they_are_needed(craft: Craft, key_to_250_projects: str) -> None:
    transport = CountingTransport()
    with CraftClient(key_to_250_projects, base_url=craft.url, transport=transport) as client:
        page = client.projects.list(limit=100)
        assert isinstance(page, Sequence)
        every = page.all()
        for _ in range(100):
            next(every)
        assert transport.requests == 1
        next(every)
        assert transport.requests == 2
        assert len(list(every)) == 149
    assert transport.requests == 3
