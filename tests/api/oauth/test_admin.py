"""Apps, grants and tokens as staff see them in the Django admin."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.events import Event
from accounts.models import Activity, User
from api.oauth.models import AccessToken, Application, AuthorizationCode, Grant, RefreshToken
from api.oauth.services import applications
from tests.api.oauth.flow import App, call, connect, get_code, make_app, refresh
from tests.cases import cases

APPS = "/admin/oauth/application/"
GRANTS = "/admin/oauth/grant/"
KINDS = ("application", "grant", "accesstoken", "refreshtoken", "authorizationcode")


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return " ".join(response.content.decode().split())


def act(browser: Client, app: App, name: str) -> str:
    """Open the page that asks, then say yes; what the next page says."""
    path = f"{APPS}{app.row.pk}/{name}/"
    assert app.id in text_of(browser.get(path))
    return text_of(browser.post(path, {"reason": "It sends spam"}, follow=True))


# --- Who sees what


@cases("kind", KINDS)
def test_only_staff_come_in(kind: str, app: App, alice_browser: Client) -> None:
    assert Client().get(f"/admin/oauth/{kind}/").status_code == 302
    assert alice_browser.get(f"/admin/oauth/{kind}/").status_code in (302, 403)
    for name in ("disable", "enable", "allow-admin", "forbid-admin"):
        for method in ("get", "post"):
            assert getattr(alice_browser, method)(f"{APPS}{app.row.pk}/{name}/").status_code in (302, 403)
    row = Application.objects.get()
    assert (row.disabled_at, row.admin_enabled) == (None, False)


@pytest.mark.matrix  # each page
def test_no_page_shows_a_secret_a_token_or_a_digest(
    app: App, alice_browser: Client, sam_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    refresh(app, tokens["refresh_token"])
    code = get_code(alice_browser, app)
    hidden = [
        raw.split("_")[3] for raw in (app.secret or "", code, tokens["access_token"], tokens["refresh_token"])
    ]
    hidden += [row.token_checksum for row in (*AccessToken.objects.all(), *RefreshToken.objects.all())]
    hidden += [row.code for row in AuthorizationCode.objects.all()]
    hidden += [bytes(secret.digest).hex() for secret in app.row.secrets.all()]
    seen = 0
    for model in (Application, Grant, AccessToken, RefreshToken, AuthorizationCode):
        kind = model._meta.model_name
        pages = [
            f"/admin/oauth/{kind}/",
            *(f"/admin/oauth/{kind}/{row.pk}/change/" for row in model.objects.all()),
        ]
        for path in pages:
            text = text_of(sam_browser.get(path))
            seen += 1
            for each in hidden:
                assert each not in text, (path, each)
    assert seen >= 12
    assert app.row.secrets.get().shown_id in text_of(sam_browser.get(f"{APPS}{app.row.pk}/change/"))


@pytest.mark.matrix  # each form
@cases("kind", KINDS)
def test_nothing_is_added_changed_or_deleted_by_the_admins_own_forms(
    kind: str, app: App, alice_browser: Client, sam_browser: Client
) -> None:
    connect(alice_browser, app)
    model = {
        m._meta.model_name: m for m in (Application, Grant, AccessToken, RefreshToken, AuthorizationCode)
    }[kind]
    pk = model.objects.all()[0].pk
    assert sam_browser.get(f"/admin/oauth/{kind}/add/").status_code == 403
    assert sam_browser.post(f"/admin/oauth/{kind}/add/", {"name": "x"}).status_code == 403
    assert sam_browser.post(f"/admin/oauth/{kind}/{pk}/change/", {"name": "x"}).status_code == 403
    assert sam_browser.post(f"/admin/oauth/{kind}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_id_tokens_are_not_in_the_index(sam_browser: Client) -> None:
    text = text_of(sam_browser.get("/admin/"))
    assert "/admin/oauth/application/" in text
    assert "idtoken" not in text
    assert sam_browser.get("/admin/oauth/idtoken/").status_code == 403


# --- Finding


@pytest.mark.matrix  # each search
@pytest.mark.parametrize("term", ["Acme Sy", "dora@example.com", "id"])
def test_an_app_is_found_by_name_client_id_and_owner(
    term: str, app: App, bob: User, sam_browser: Client
) -> None:
    make_app(bob, name="Other")
    text = text_of(sam_browser.get(APPS, {"q": app.id if term == "id" else term}))
    assert app.id in text
    assert "Other" not in text


@pytest.mark.matrix  # each filter
def test_apps_are_filtered_by_state(app: App, dora: User, sam_browser: Client) -> None:
    held, paused = make_app(dora, name="Held"), make_app(dora, name="Paused")
    applications.set_disabled(held.row, disabled=True, by_staff=True)
    applications.set_disabled(paused.row, disabled=True)
    for state, found in (("enabled", app), ("staff", held), ("owner", paused)):
        text = text_of(sam_browser.get(APPS, {"state": state}))
        assert re.findall(r"app_[0-9A-Za-z]{16}", text) == [found.id], state


@pytest.mark.matrix  # what it costs
def test_the_list_says_how_many_people_are_connected(
    app: App, alice_browser: Client, bob_browser: Client, sam_browser: Client
) -> None:
    connect(alice_browser, app)
    connect(bob_browser, app)
    assert 'data-label="People connected" class="field-users">2<' in text_of(sam_browser.get(APPS))


@pytest.mark.matrix  # each search
@cases("kind", KINDS[1:])
def test_grants_and_tokens_are_found_by_app_and_person(
    kind: str, app: App, alice_browser: Client, bob_browser: Client, sam_browser: Client
) -> None:
    connect(alice_browser, app)
    connect(bob_browser, app)
    for term in (app.id, "Acme"):
        text = text_of(sam_browser.get(f"/admin/oauth/{kind}/", {"q": term}))
        assert "alice@example.com" in text
        assert "bob@example.com" in text
    text = text_of(sam_browser.get(f"/admin/oauth/{kind}/", {"q": "Alice@example.com"}))
    assert "alice@example.com" in text
    assert "bob@example.com" not in text


# --- Doing


def test_staff_disable_and_enable_an_app_after_a_question(
    app: App, alice_browser: Client, sam_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    text = text_of(sam_browser.get(f"{APPS}{app.row.pk}/disable/"))
    assert "1 person is connected" in text
    assert Application.objects.get().disabled_at is None
    assert "Reason is empty" in text_of(sam_browser.post(f"{APPS}{app.row.pk}/disable/"))
    assert Application.objects.get().disabled_at is None
    assert "is disabled" in act(sam_browser, app, "disable")
    assert call(tokens["access_token"]).status_code == 401
    assert Application.objects.get().disabled_by_staff
    assert "disabled already" in text_of(sam_browser.post(f"{APPS}{app.row.pk}/disable/", follow=True))
    assert "is enabled" in act(sam_browser, app, "enable")
    assert call(tokens["access_token"]).status_code == 200
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Disable app. Reason: It sends spam",
        "Enable app.",
    ]
    told = Activity.objects.filter(user=app.row.user, event=Event.APP_CHANGED).order_by("pk")
    assert [line.details.get("reason") for line in told] == ["It sends spam", None]


def test_staff_can_hold_an_app_that_its_owner_disabled(app: App, sam_browser: Client) -> None:
    applications.set_disabled(app.row, disabled=True)
    text = text_of(sam_browser.get(f"{APPS}{app.row.pk}/change/"))
    assert "/enable/" in text
    assert "/disable/" in text
    act(sam_browser, app, "disable")
    assert Application.objects.get().disabled_by_staff


def test_staff_let_an_app_ask_for_admin_and_take_it_away(app: App, sam_browser: Client) -> None:
    assert "allowed to ask for admin" in act(sam_browser, app, "allow-admin")
    assert Application.objects.get().admin_enabled
    assert "not allowed" in act(sam_browser, app, "forbid-admin")
    assert not Application.objects.get().admin_enabled


def test_staff_mark_an_app_as_verified_and_take_it_back(app: App, sam_browser: Client) -> None:
    assert "is verified" in act(sam_browser, app, "verify")
    assert Application.objects.get().verified_at is not None
    assert "is not verified any more" in act(sam_browser, app, "unverify")
    assert Application.objects.get().verified_at is None
    log = LogEntry.objects.order_by("pk").values_list("change_message", "user__email")
    assert list(log) == [
        ("Mark app as verified.", "sam@example.com"),
        ("Take back the verification.", "sam@example.com"),
    ]
    told = [line.details for line in app.row.user.activity.filter(event="app_changed").order_by("id")]
    assert [(each["verified"], each["by_staff"]) for each in told] == [(True, True), (False, True)]


def test_staff_revoke_a_grant_by_the_same_path_as_the_person(
    app: App, alice: User, alice_browser: Client, sam_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    Grant.objects.update(last_used_at=timezone.now() - timedelta(days=1))
    path = f"{GRANTS}{Grant.objects.get().pk}/revoke/"
    assert "read write" in text_of(sam_browser.get(path))
    assert Grant.objects.exists()
    assert "Reason is empty" in text_of(sam_browser.post(path))
    assert Grant.objects.exists()
    sent = {"reason": "The app was sold"}
    assert "has no access to alice@example.com" in text_of(sam_browser.post(path, sent, follow=True))
    assert not Grant.objects.exists()
    assert call(tokens["access_token"]).status_code == 401
    told = Activity.objects.get(user=alice, event=Event.GRANT_REVOKED).details
    assert (told["by"], told["reason"]) == ("staff", "The app was sold")
    assert LogEntry.objects.count() == 1
    assert sam_browser.post(path).status_code == 404


def test_an_app_or_grant_that_is_gone_is_not_found(sam_browser: Client) -> None:
    assert sam_browser.get(f"{APPS}4711/disable/").status_code == 404
    assert sam_browser.get(f"{GRANTS}4711/revoke/").status_code == 404
