"""`create_oauth_app` and what `housekeeping` does for OAuth."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from api.oauth.models import AccessToken, Application, AuthorizationCode, FailedTokenRequest, RefreshToken
from tests.api.oauth.flow import CALLBACK, App, call, connect, exchange, get_code, refresh
from tests.cases import cases


def create(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("create_oauth_app", *arguments, stdout=out)
    assert out.getvalue().count("\n") == 1
    return dict(json.loads(out.getvalue()))


def test_the_command_prints_id_and_secret_of_an_app_that_works(dora: User, alice_browser: Client) -> None:
    made = create("DORA@example.com", "--name", "Acme", "--redirect-uri", CALLBACK)
    assert set(made) == {"client_id", "client_secret"}
    row = Application.objects.get(client_id=made["client_id"])
    assert (row.user, row.allowed_scope, row.is_public) == (dora, "read write delete", False)
    assert connect(alice_browser, App(row, made["client_secret"]))["scope"] == "read write"


def test_a_public_app_has_no_secret_to_print(dora: User) -> None:
    made = create(
        "dora@example.com", "--name", "Desktop", "--redirect-uri", "http://127.0.0.1/cb", "--public"
    )
    assert made["client_secret"] is None
    assert Application.objects.get().is_public


def test_redirect_uris_and_scopes_are_given_in_either_way(dora: User) -> None:
    create(
        *("dora@example.com", "--name", "Acme"),
        *("--redirect-uri", CALLBACK, "https://b.example/cb", "--redirect-uri", "https://c.example/cb"),
        *("--scope", "read write", "--scope", "delete"),
    )
    row = Application.objects.get()
    assert row.redirect_uri_list == [CALLBACK, "https://b.example/cb", "https://c.example/cb"]
    assert row.allowed_scope == "read write delete"


@cases(
    ("arguments", "reason"),
    [
        (["nobody@example.com", "--name", "A", "--redirect-uri", CALLBACK], "no account"),
        (["dora@example.com", "--name", "Craft", "--redirect-uri", CALLBACK], "begin with Craft"),
        (["dora@example.com", "--name", "A", "--redirect-uri", "http://a.example/"], "https://"),
        (["dora@example.com", "--name", "A", "--redirect-uri", "https://a.example/?iss=x"], "not name iss"),
        (["dora@example.com", "--name", "A", "--redirect-uri", CALLBACK, "--scope", "all"], "Scopes are"),
        (["dora@example.com", "--name", "A", "--redirect-uri", CALLBACK, "--scope", "admin"], "staff"),
        (["dora@example.com", "--name", "A", "--redirect-uri", CALLBACK, "--scope", ""], "at least one"),
        (["dora@example.com", "--name", "A\x00", "--redirect-uri", CALLBACK], "control"),
        (["dora@example.com", "--name", "A"], "redirect-uri"),
    ],
)
def test_the_command_refuses_in_one_line(dora: User, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        create(*arguments)
    assert "\n" not in str(refused.value)
    assert not Application.objects.exists()


# --- Housekeeping


def test_housekeeping_keeps_what_can_still_be_refreshed(app: App, alice_browser: Client) -> None:
    tokens = connect(alice_browser, app)
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=29))
    call_command("housekeeping", stdout=io.StringIO())
    assert refresh(app, tokens["refresh_token"]).status_code == 200


def test_housekeeping_deletes_what_is_over(app: App, alice_browser: Client) -> None:
    tokens = connect(alice_browser, app)
    newer = refresh(app, tokens["refresh_token"]).json()
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    call_command("housekeeping", stdout=io.StringIO())
    assert not AuthorizationCode.objects.exists()
    assert AccessToken.objects.count() == 2  # the spent ones stay, since they lead to their family
    assert RefreshToken.objects.count() == 2
    assert call(newer["access_token"]).status_code == 200
    long_ago = timezone.now() - timedelta(days=31)
    AccessToken.objects.update(expires=long_ago)
    RefreshToken.objects.filter(revoked__isnull=False).update(revoked=long_ago)
    call_command("housekeeping", stdout=io.StringIO())
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.exists()


def test_housekeeping_deletes_failed_requests_after_30_days(app: App, alice_browser: Client) -> None:
    for _ in range(2):
        exchange(app, get_code(alice_browser, app), redirect_uri="https://b.example/")
    oldest = FailedTokenRequest.objects.order_by("pk")[0]
    FailedTokenRequest.objects.filter(pk=oldest.pk).update(at=timezone.now() - timedelta(days=31))
    out = io.StringIO()
    call_command("housekeeping", stdout=out)
    assert "1 failed token requests" in out.getvalue()
    assert FailedTokenRequest.objects.count() == 1


@pytest.mark.matrix  # as many as there may be
def test_of_an_apps_failed_requests_the_last_20_are_kept(app: App) -> None:
    for _ in range(23):
        exchange(app, "craft_oac_0")
    assert FailedTokenRequest.objects.count() == 20
