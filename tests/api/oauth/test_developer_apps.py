"""Account Settings → Developer apps, as its owner, a stranger and nobody see it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts.models import User
from api.oauth.models import Application, ClientSecret
from api.oauth.services import applications, client_secrets
from apikeys.tokens import Kind, checksum, generate
from tests.api.oauth.flow import (
    CALLBACK,
    App,
    authorize_url,
    call,
    connect,
    exchange,
    get_code,
    make_app,
    post,
    refresh,
)
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, signed_in

LIST = "/settings/developer-apps/"
NEW = "/settings/developer-apps/new/"
SECRET = re.compile(r"craft_ocs_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
FILLED = {
    "name": "Acme Sync",
    "website": "https://acme.example",
    "description": "Keeps boards alike.",
    "redirect_uris": CALLBACK,
    "client_type": "confidential",
    "scopes": ["read", "write"],
    "form_id": "0123456789abcdefABCDEF",
}


@pytest.fixture
def dora_browser(dora: User) -> Client:
    return signed_in(dora)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


def page(app: App, rest: str = "") -> str:
    return f"{LIST}{app.id}/{rest}"


def pages_of(app: App) -> Iterator[tuple[str, set[str]]]:
    """Every page about one app, and the methods it answers."""
    secret = app.row.secrets.get().public_id
    yield page(app), {"GET", "HEAD"}
    for rest in ("edit/", "disable/", "delete/", "secrets/new/", f"secrets/{secret}/drop/"):
        yield page(app, rest), {"GET", "HEAD", "POST"}
    yield page(app, "enable/"), {"POST"}


# --- Who sees what


def test_signed_out_every_page_leads_to_the_sign_in_and_back(app: App) -> None:
    for path in (LIST, NEW, *(path for path, _ in pages_of(app))):
        for method in ("get", "post"):
            response = getattr(Client(), method)(path)
            assert response.status_code == 302, path
            assert response["Location"] == f"/login/?next={path.removesuffix('enable/')}"


def test_a_stranger_finds_nobody_elses_app(app: App, bob_browser: Client) -> None:
    for path, methods in pages_of(app):
        for method in ("get", "post"):
            response = getattr(bob_browser, method)(path)
            allowed = method.upper() in methods
            assert response.status_code == (404 if allowed else 405), path
            assert b"Acme" not in response.content
    assert app.id not in text_of(bob_browser.get(LIST))
    assert Application.objects.get(pk=app.row.pk).disabled_at is None
    assert ClientSecret.objects.count() == 1


def test_another_apps_secret_cannot_be_dropped_through_ones_own(
    app: App, bob: User, bob_browser: Client
) -> None:
    own = make_app(bob, name="Bobs")
    secret = app.row.secrets.get()
    assert bob_browser.post(page(own, f"secrets/{secret.public_id}/drop/")).status_code == 404
    assert ClientSecret.objects.filter(pk=secret.pk).exists()


@pytest.mark.matrix  # each path
def test_other_methods_are_405(app: App, dora_browser: Client) -> None:
    for path, allowed in ((LIST, {"GET", "HEAD"}), (NEW, {"GET", "HEAD", "POST"}), *pages_of(app)):
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            assert dora_browser.generic(method, path).status_code == 405, (method, path)


@cases("client_id", ["nope", "app_0000000000000000", "app_%00", "new%2F"])
def test_an_app_that_is_none_is_not_found(dora_browser: Client, client_id: str) -> None:
    assert dora_browser.get(f"{LIST}{client_id}/").status_code == 404


# --- The list


def test_an_empty_list_says_what_an_app_is(dora_browser: Client) -> None:
    text = text_of(dora_browser.get(LIST))
    assert "No apps yet" in text
    assert "http://localhost:8000/.well-known/oauth-authorization-server" in text


def test_the_list_has_each_app_with_its_numbers_in_one_query(
    dora: User,
    dora_browser: Client,
    alice_browser: Client,
    bob_browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    app = make_app(dora)
    connect(alice_browser, app)
    connect(bob_browser, app)
    make_app(dora, name="Desktop", is_public=True)
    text = text_of(dora_browser.get(LIST))
    assert text.index("Desktop") < text.index("Acme Sync")
    assert "2 people" in text
    assert "Nobody" in text
    assert "Never used" in text[: text.index("Acme Sync")]
    assert "Never used" not in text[text.index("Acme Sync") :]  # two people let it act for them
    assert "No call yet" in text[text.index("Acme Sync") :]
    with django_assert_num_queries(3):  # session, person, apps
        dora_browser.get(LIST)
    for number in range(5):
        make_app(dora, name=f"More {number}", is_public=True)
    with django_assert_num_queries(3):
        dora_browser.get(LIST)


# --- Creating


def test_the_form_begins_with_the_least(dora_browser: Client) -> None:
    text = text_of(dora_browser.get(NEW))
    assert re.search(r'value="read"\s+checked', text)
    assert not re.search(r'value="(write|delete)"\s+checked', text)
    assert 'value="admin"' not in text
    assert re.search(r'value="confidential"[^>]*checked', text)


def test_a_new_app_shows_its_secret_once_straight_from_the_post(
    dora_browser: Client, alice_browser: Client
) -> None:
    response = dora_browser.post(NEW, FILLED)
    text = text_of(response)
    [raw_secret] = set(SECRET.findall(text))
    app = App(Application.objects.get(), raw_secret)
    assert "no-store" in response["Cache-Control"]
    assert (app.row.name, app.row.website, app.row.allowed_scope) == (
        "Acme Sync",
        "https://acme.example",
        "read write",
    )
    assert app.id in text
    assert exchange(app, get_code(alice_browser, app)).status_code == 200
    hidden = raw_secret.split("_")[3]
    for path in (LIST, page(app), page(app, "edit/")):
        assert hidden not in text_of(dora_browser.get(path))
    assert hidden not in repr(dict(dora_browser.session))
    assert hidden not in repr(dora_browser.cookies)


def test_a_form_sent_twice_makes_one_app_and_shows_no_second_secret(dora_browser: Client) -> None:
    dora_browser.post(NEW, FILLED)
    text = text_of(dora_browser.post(NEW, FILLED))
    assert "This app was created already" in text
    assert not SECRET.search(text)
    assert Application.objects.count() == ClientSecret.objects.count() == 1


def test_a_new_public_app_has_no_secret(dora_browser: Client) -> None:
    response = dora_browser.post(NEW, {**FILLED, "client_type": "public"}, follow=True)
    app = Application.objects.get()
    assert response.redirect_chain == [(f"{LIST}{app.client_id}/", 302)]
    text = text_of(response)
    assert "is created" in text
    assert "Client secrets" not in text
    assert not ClientSecret.objects.exists()


def test_each_bad_redirect_uri_is_told_on_a_line_of_its_own_that_names_its_line(dora_browser: Client) -> None:
    uris = f"http://a.example/\r\n{CALLBACK}\r\n\r\nhttps://b.example/#x"
    page = dora_browser.post(NEW, {**FILLED, "redirect_uris": uris}).content.decode()
    told = re.findall("<p>(Line .*?)</p>", page)
    assert [each.partition(": ")[0] for each in told] == [
        "Line 1, http://a.example/",
        "Line 4, https://b.example/#x",
    ]
    alone = dora_browser.post(NEW, {**FILLED, "redirect_uris": "http://a.example/"}).content.decode()
    assert "<p>http://a.example/: it must begin with" in alone


@pytest.mark.matrix
@cases(
    ("field", "value", "error"),
    [
        ("name", "", "Name is empty"),
        ("name", "Craft Sync", "cannot begin with Craft"),
        ("name", "A\u202eB", "control or invisible"),
        ("redirect_uris", "", "at least one redirect URI"),
        ("redirect_uris", "http://a.example/", "must begin with https://"),
        ("redirect_uris", "https://a.example/?state=x", "must not name state"),
        ("website", "javascript:alert(1)", "full address"),
        ("description", "x" * 501, "at most 500"),
        ("scopes", [], "at least one scope"),
        ("scopes", ["read", "admin"], "Choose from the scopes"),
        ("scopes", ["everything"], "Choose from the scopes"),
        ("client_type", "", "where the app runs"),
        ("client_type", "hybrid", "confidential or public"),
        ("form_id", "", "arrived incomplete"),
        ("form_id", "<script>", "arrived incomplete"),
    ],
)
def test_a_bad_field_is_told_and_what_was_typed_stays(
    dora_browser: Client, field: str, value: Any, error: str
) -> None:
    response = dora_browser.post(NEW, {**FILLED, field: value})
    text = text_of(response)
    assert error in text
    assert CALLBACK in text or field == "redirect_uris"
    assert not Application.objects.exists()


def test_somebody_with_25_apps_is_told_so(dora: User, dora_browser: Client) -> None:
    for number in range(applications.MAX_APPS):
        make_app(dora, name=f"App {number}", is_public=True)
    assert "which is the most" in text_of(dora_browser.get(NEW))
    assert "which is the most" in text_of(dora_browser.post(NEW, FILLED))


def test_an_old_sign_in_is_asked_for_again_and_the_form_comes_back_filled_in(dora_browser: Client) -> None:
    age_sign_in(dora_browser, 901)
    response = dora_browser.post(NEW, {**FILLED, "client_type": "public", "scopes": ["read", "delete"]})
    assert response["Location"] == "/reauthenticate/?next=%2Fsettings%2Fdeveloper-apps%2Fnew%2F"
    assert not Application.objects.exists()
    response = dora_browser.post(response["Location"], {"password": PASSWORD}, follow=True)
    text = text_of(response)
    assert response.redirect_chain[-1][0] == NEW
    assert "https://acme.example" in text
    assert re.search(r'value="delete"\s+checked', text)
    assert not re.search(r'value="write"\s+checked', text)
    assert re.search(r'value="public"[^>]*checked', text)
    assert 'value="Acme Sync"' not in text_of(dora_browser.get(NEW))


# --- One app


def test_the_page_of_an_app_has_a_link_that_leads_to_consent(
    app: App, public_app: App, dora_browser: Client, alice_browser: Client
) -> None:
    for each in (app, public_app):
        text = text_of(dora_browser.get(page(each)))
        link = re.search(r"http://localhost:8000(/oauth/authorize\?[^<]+)", text)
        assert link is not None
        asked = link[1].replace("&amp;", "&")
        assert parse_qs(urlsplit(asked).query)["scope"] == ["read write"]
        assert b"wants to act for you" in alice_browser.get(asked).content


def test_the_page_of_an_app_has_the_token_request_of_the_public_page(app: App, dora_browser: Client) -> None:
    text = text_of(dora_browser.get(page(app)))
    assert 'fetch("http://localhost:8000/v1/oauth/token", {' in text.replace("&quot;", '"')
    assert "client_secret: process.env.CLIENT_SECRET," in text
    assert f'redirect_uri: "{CALLBACK}",' in text.replace("&quot;", '"')


def test_the_page_of_an_app_lists_its_secrets_by_public_id(
    app: App,
    dora_browser: Client,
    alice_browser: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    text = text_of(dora_browser.get(page(app)))
    assert app.row.secrets.get().shown_id in text
    assert "Never\n" in text
    with django_capture_on_commit_callbacks(execute=True):
        connect(alice_browser, app)
    text = text_of(dora_browser.get(page(app)))
    assert "Never\n" not in text
    assert "1 person" in text


def test_failed_token_requests_are_listed_with_the_reason(
    app: App, public_app: App, dora_browser: Client, alice_browser: Client
) -> None:
    other = make_app(app.row.user, name="Other")
    cut, dropped = str(app.secret)[:-1], str(other.secret)
    code = get_code(alice_browser, app)
    exchange(app, code, redirect_uri="https://yourapp.com/other")
    exchange(app, code, client_secret=cut)
    exchange(app, code, client_secret=dropped)
    body = str(app.secret)[: len("craft_ocs_") + 12] + "_" + "0" * 32
    exchange(app, code, client_secret=body + checksum(body))
    exchange(app, code, client_secret=generate(Kind.API_KEY).raw)
    exchange(app, code, client_secret=None)
    exchange(app, code, client_secret="hunter2")
    post("/v1/oauth/token", {"grant_type": "password", **app.credentials})
    refresh(app, "craft_ort_0")
    text = text_of(dora_browser.get(page(app)))
    for reason in (
        "redirect_uri is not the one of the authorization request.",
        "What was sent as client secret looks incomplete or mistyped.",
        "What was sent as client secret is not a Craft token.",
        "is another kind of Craft token.",
        "public id is right, the rest of it is not.",
        "none of this app&#x27;s. It may have been deleted.",
        "No client secret was sent.",
        "unsupported_grant_type",
        "The refresh token is invalid",
    ):
        assert reason in text, reason
    for sent in (code, cut, dropped):
        assert sent.split("_")[3] not in text
    assert "hunter2" not in text
    exchange(public_app, "craft_oac_0", client_secret="x")
    assert "A public app has no client secret" in text_of(dora_browser.get(page(public_app)))


# --- Editing


def edited(app: App, **changes: Any) -> dict[str, Any]:
    return {
        "name": app.row.name,
        "redirect_uris": app.row.redirect_uris,
        "scopes": app.row.allowed_scope.split(),
        **changes,
    }


def test_an_app_is_edited(app: App, dora_browser: Client) -> None:
    text = text_of(dora_browser.get(page(app, "edit/")))
    assert CALLBACK in text
    assert len(re.findall(r'name="scopes"[^>]*checked', text)) == 3
    response = dora_browser.post(
        page(app, "edit/"), edited(app, name="Acme Two", description="New."), follow=True
    )
    assert "Acme Two</strong> is saved" in text_of(response)
    row = Application.objects.get()
    assert (row.name, row.description, row.redirect_uris) == ("Acme Two", "New.", CALLBACK)


def test_a_bad_edit_is_told_and_changes_nothing(app: App, dora_browser: Client) -> None:
    text = text_of(dora_browser.post(page(app, "edit/"), edited(app, name="Craft", redirect_uris="x")))
    assert "cannot begin with Craft" in text
    assert "not a full URI" in text
    assert Application.objects.get().name == "Acme Sync"


def test_taking_a_redirect_uri_away_ends_its_pending_codes(
    dora: User, dora_browser: Client, alice_browser: Client
) -> None:
    app = make_app(dora, redirect_uris=f"{CALLBACK}\nhttps://b.example/cb")
    code = get_code(alice_browser, app)
    dora_browser.post(page(app, "edit/"), edited(app, redirect_uris="https://b.example/cb"))
    assert exchange(app, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [{"redirect_uris": f"{CALLBACK}\nhttps://b.example/cb"}, {"scopes": ["read", "write", "delete"]}],
)
def test_opening_an_app_wider_needs_a_recent_sign_in_and_the_form_comes_back(
    dora: User, dora_browser: Client, changes: dict[str, Any]
) -> None:
    app = make_app(dora, scopes=["read"])
    age_sign_in(dora_browser, 901)
    response = dora_browser.post(page(app, "edit/"), edited(app, name="Acme Two", **changes))
    assert response["Location"].startswith("/reauthenticate/?next=")
    assert Application.objects.get().name == "Acme Sync"
    text = text_of(dora_browser.post(response["Location"], {"password": PASSWORD}, follow=True))
    assert 'value="Acme Two"' in text
    if "scopes" in changes:
        assert len(re.findall(r'name="scopes"[^>]*checked', text)) == 3
    else:
        assert "https://b.example/cb" in text


def test_a_new_name_and_fewer_scopes_need_no_recent_sign_in(app: App, dora_browser: Client) -> None:
    age_sign_in(dora_browser, 901)
    response = dora_browser.post(page(app, "edit/"), edited(app, name="Acme Two", scopes=["read"]))
    assert response["Location"] == page(app)
    assert Application.objects.get().allowed_scope == "read"


def test_admin_is_offered_once_staff_allowed_it(app: App, dora_browser: Client) -> None:
    assert 'value="admin"' not in text_of(dora_browser.get(page(app, "edit/")))
    assert "Choose from the scopes" in text_of(
        dora_browser.post(page(app, "edit/"), edited(app, scopes=["admin"]))
    )
    applications.set_admin_enabled(app.row, enabled=True)
    assert 'value="admin"' in text_of(dora_browser.get(page(app, "edit/")))
    dora_browser.post(page(app, "edit/"), edited(app, scopes=["read", "admin"]))
    assert Application.objects.get().allowed_scope == "read admin"


# --- Secrets


def test_a_second_secret_is_shown_once_and_both_work(
    app: App, dora_browser: Client, alice_browser: Client
) -> None:
    text = text_of(dora_browser.get(page(app, "secrets/new/")))
    form_id = re.search(r'name="form_id"\s+value="([^"]+)"', text)
    assert form_id is not None
    response = dora_browser.post(page(app, "secrets/new/"), {"form_id": form_id[1]})
    assert "no-store" in response["Cache-Control"]
    [second] = set(SECRET.findall(text_of(response)))
    for secret in (app.secret, second):
        assert exchange(App(app.row, secret), get_code(alice_browser, app)).status_code == 200
    text = text_of(dora_browser.post(page(app, "secrets/new/"), {"form_id": form_id[1]}))
    assert "This secret was created already" in text
    assert not SECRET.search(text)
    assert app.row.secrets.count() == 2


def test_a_third_secret_is_refused(app: App, dora_browser: Client) -> None:
    client_secrets.add_secret(app.row)
    assert "two secrets already" in text_of(dora_browser.get(page(app, "secrets/new/")))
    answer = dora_browser.post(page(app, "secrets/new/"), {"form_id": FILLED["form_id"]})
    assert "two secrets already" in text_of(answer)
    assert app.row.secrets.count() == 2


def test_a_public_app_gets_no_secret_from_its_page_either(public_app: App, dora_browser: Client) -> None:
    assert "PKCE takes its place" in text_of(dora_browser.get(page(public_app, "secrets/new/")))
    dora_browser.post(page(public_app, "secrets/new/"), {"form_id": FILLED["form_id"]})
    assert not ClientSecret.objects.exists()


def test_a_secret_needs_a_recent_sign_in_and_a_whole_form(app: App, dora_browser: Client) -> None:
    assert "arrived incomplete" in text_of(dora_browser.post(page(app, "secrets/new/")))
    age_sign_in(dora_browser, 901)
    response = dora_browser.post(page(app, "secrets/new/"), {"form_id": FILLED["form_id"]})
    assert response["Location"].startswith("/reauthenticate/?next=")
    assert app.row.secrets.count() == 1


def test_a_dropped_secret_is_refused_at_once_and_its_tokens_go_on(
    app: App,
    dora_browser: Client,
    alice_browser: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tokens = connect(alice_browser, app)
    second = App(app.row, client_secrets.add_secret(app.row))
    first = app.row.secrets.order_by("pk")[0]
    age_sign_in(dora_browser, 901)  # ending needs no sign-in again
    drop = page(app, f"secrets/{first.public_id}/drop/")
    assert "It was last used" in text_of(dora_browser.get(drop))
    assert "is deleted" in text_of(dora_browser.post(drop, follow=True))
    assert refresh(app, tokens["refresh_token"]).status_code == 401
    assert refresh(second, tokens["refresh_token"]).status_code == 200
    assert dora_browser.post(drop).status_code == 404


def test_dropping_the_only_secret_says_what_follows(app: App, dora_browser: Client) -> None:
    secret = app.row.secrets.get()
    assert "only secret" in text_of(dora_browser.get(page(app, f"secrets/{secret.public_id}/drop/")))
    dora_browser.post(page(app, f"secrets/{secret.public_id}/drop/"))
    assert "This app has no client secret" in text_of(dora_browser.get(page(app)))
    assert "No secret" in text_of(dora_browser.get(LIST))


# --- Disable, enable, delete


def test_a_disabled_app_does_nothing_until_it_is_enabled(
    app: App, dora_browser: Client, alice_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    assert "1 person is connected" in text_of(dora_browser.get(page(app, "disable/")))
    text = text_of(dora_browser.post(page(app, "disable/"), follow=True))
    assert "You disabled this app" in text
    assert call(tokens["access_token"]).status_code == 401
    assert alice_browser.get(authorize_url(app)).status_code == 400
    age_sign_in(dora_browser, 901)
    response = dora_browser.post(page(app, "enable/"))
    assert response["Location"].startswith("/reauthenticate/")
    age_sign_in(dora_browser, 0)
    assert "is enabled" in text_of(dora_browser.post(page(app, "enable/"), follow=True))
    assert call(tokens["access_token"]).status_code == 200


def test_what_staff_disabled_is_said_and_cannot_be_enabled(app: App, dora_browser: Client) -> None:
    applications.set_disabled(app.row, disabled=True, by_staff=True)
    text = text_of(dora_browser.get(page(app)))
    assert "staff disabled this app" in text
    assert "enable/" not in text
    assert "Write to support" in text_of(dora_browser.post(page(app, "enable/"), follow=True))
    assert Application.objects.get().disabled_at is not None


def test_an_app_nobody_connected_is_deleted_without_typing(app: App, dora_browser: Client) -> None:
    assert "Nobody is connected" in text_of(dora_browser.get(page(app, "delete/")))
    assert "Acme Sync</strong> is deleted" in text_of(dora_browser.post(page(app, "delete/"), follow=True))
    assert not Application.objects.exists()
    assert dora_browser.get(page(app)).status_code == 404


def test_deleting_an_app_that_people_use_asks_for_its_name_and_ends_their_tokens(
    app: App, dora_browser: Client, alice_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    text = text_of(dora_browser.get(page(app, "delete/")))
    assert "1 person is connected" in text
    assert "Disable instead" in text
    assert "Type the name" in text_of(dora_browser.post(page(app, "delete/")))
    assert "not the name" in text_of(dora_browser.post(page(app, "delete/"), {"confirm": "Acme"}))
    assert Application.objects.exists()
    dora_browser.post(page(app, "delete/"), {"confirm": " acme sync "})
    assert not Application.objects.exists()
    assert call(tokens["access_token"]).status_code == 401


def test_what_happened_to_an_app_is_in_its_owners_activity(app: App, dora_browser: Client) -> None:
    dora_browser.post(page(app, "edit/"), edited(app, name="Acme Two"))
    client_secrets.add_secret(Application.objects.get())
    applications.set_disabled(app.row, disabled=True, by_staff=True)
    applications.set_admin_enabled(app.row, enabled=True)
    dora_browser.post(page(app, "delete/"))
    text = text_of(dora_browser.get("/settings/activity/"))
    for line in (
        "App registered",
        "Acme Two, name",
        "Client secret created",
        "disabled by Craft&#x27;s staff",
        "may ask for admin by Craft&#x27;s staff",
        "App deleted",
    ):
        assert line in text, line
