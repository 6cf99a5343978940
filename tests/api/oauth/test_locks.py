"""Each rule about apps and consents meets one that is not through yet: it waits, and sees what that did."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import end_app_tokens, lock_unchanged
from accounts.web.client import NOBODY
from api.oauth.models import (
    AccessToken,
    Application,
    AuthorizationCode,
    FailedTokenRequest,
    Grant,
    RefreshToken,
)
from api.oauth.services import applications, client_secrets, token_families
from api.oauth.services.codes import issue_code
from api.oauth.services.grants import NotGranted, grant_access, revoke_grant
from apikeys.scopes import Scope
from apikeys.tokens import parse
from tests.api.oauth.flow import (
    CALLBACK,
    App,
    authorize_url,
    call,
    connect,
    exchange,
    get_code,
    post,
    refresh,
)
from tests.meanwhile import Meanwhile

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
]


def live_tokens() -> int:
    access: int = AccessToken.objects.filter(expires__gt=timezone.now()).count()
    return access + int(RefreshToken.objects.filter(revoked=None).count())


# --- The consent


def test_a_consent_that_meets_a_change_of_the_password_gets_no_code(
    alice: User, alice_browser: Client, app: App
) -> None:
    with transaction.atomic():
        alice.set_password("another-horse-battery")
        alice.save()
        consent = Meanwhile(partial(alice_browser.post, authorize_url(app), {"answer": "allow"}))
        assert consent.waits()
    assert consent.result()["Location"].startswith("/login/?next=/oauth/authorize")
    assert not AuthorizationCode.objects.exists()
    assert not Grant.objects.exists()


def test_the_end_of_all_tokens_is_later_than_a_consent_under_way(alice: User, app: App) -> None:
    with transaction.atomic():
        assert lock_unchanged(alice)
        end = Meanwhile(lambda: end_app_tokens(User.objects.get(pk=alice.pk)))
        assert end.waits()
        issue_code(
            alice,
            app.row,
            [Scope.READ],
            redirect_uri=CALLBACK,
            code_challenge="",
            client=NOBODY,
            was_asked=True,
        )
    assert end.result() is None
    alice.refresh_from_db()
    assert alice.oauth_valid_after is not None
    assert AuthorizationCode.objects.get().created < alice.oauth_valid_after


def test_two_first_consents_make_one_grant_with_the_scopes_of_both(alice: User, app: App) -> None:
    with transaction.atomic():
        grant_access(alice, app.row, ["read"])
        other = Meanwhile(lambda: grant_access(alice, app.row, ["write"]))
        assert other.waits()
    assert other.result().scope == "read write"
    assert Grant.objects.get().scope == "read write"


def test_two_consents_that_widen_one_grant_both_stay(alice: User, app: App) -> None:
    grant = grant_access(alice, app.row, ["read"])
    with transaction.atomic():
        token_families.lock_grant(pk=grant.pk)
        other = Meanwhile(lambda: grant_access(alice, app.row, ["write"]))
        assert other.waits()
        Grant.objects.update(scope="read delete")
    other.result()
    assert Grant.objects.get().scope == "read write delete"


def test_nobody_who_was_not_asked_gets_what_is_being_revoked(alice: User, app: App) -> None:
    grant = grant_access(alice, app.row, ["read"])
    with transaction.atomic():
        revoke_grant(grant)
        other = Meanwhile(lambda: grant_access(alice, app.row, ["read"], was_asked=False))
        assert other.waits()
    assert isinstance(other.result(), NotGranted)
    assert not Grant.objects.exists()


# --- Codes and tokens


def test_a_code_that_is_being_exchanged_is_a_replay_for_the_next(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    with transaction.atomic():
        first = exchange(app, code)
        second = Meanwhile(partial(exchange, app, code))
        assert second.waits()
    assert first.status_code == 200
    assert second.result().json()["error"] == "invalid_grant"
    assert live_tokens() == 0


def test_a_refresh_token_that_is_being_spent_is_spent_for_the_next(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    with transaction.atomic():
        first = refresh(app, tokens["refresh_token"])
        second = Meanwhile(partial(refresh, app, tokens["refresh_token"]))
        assert second.waits()
    assert (first.status_code, second.result().status_code) == (200, 400)
    assert live_tokens() == 2


def test_a_revoked_refresh_token_takes_what_a_refresh_under_way_makes(
    alice_browser: Client, app: App
) -> None:
    tokens = connect(alice_browser, app)
    with transaction.atomic():
        new = refresh(app, tokens["refresh_token"]).json()
        asked = {"token": tokens["refresh_token"], **app.credentials}
        revoking = Meanwhile(lambda: post("/v1/oauth/revoke", asked))
        assert revoking.waits()
    assert revoking.result().status_code == 200
    assert call(new["access_token"]).status_code == 401
    assert live_tokens() == 0


@pytest.mark.parametrize("path", ["/v1/oauth/revoke", "/v1/auth"])
def test_a_revoked_access_token_takes_what_a_refresh_under_way_makes(
    alice_browser: Client, app: App, path: str
) -> None:
    tokens = connect(alice_browser, app, "read write delete")
    with transaction.atomic():
        new = refresh(app, tokens["refresh_token"]).json()
        if path == "/v1/auth":
            revoking = Meanwhile(lambda: call(tokens["access_token"], "DELETE", path))
        else:
            revoking = Meanwhile(lambda: post(path, {"token": tokens["access_token"], **app.credentials}))
        assert revoking.waits()
    assert revoking.result().status_code == 200
    assert call(new["access_token"]).status_code == 401
    assert refresh(app, new["refresh_token"]).json()["error"] == "invalid_grant"
    assert live_tokens() == 0


def test_the_end_of_an_access_token_takes_its_turn_with_a_refresh(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    row = RefreshToken.objects.get()
    with transaction.atomic():
        token_families.lock_grant(pk=row.grant_id)
        AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))  # as `spend` begins
        ending = Meanwhile(lambda: token_families.end_family_of(parse(tokens["access_token"])))
        assert ending.waits()
        token_families.spend(row, timezone.now())  # neither waits for the other in a circle
    assert ending.result() is None
    assert live_tokens() == 0


def test_nothing_that_a_refresh_under_way_makes_outlives_the_end_of_the_grant(
    alice_browser: Client, app: App
) -> None:
    tokens = connect(alice_browser, app)
    grant = Grant.objects.get()
    with transaction.atomic():
        assert refresh(app, tokens["refresh_token"]).status_code == 200
        revoking = Meanwhile(lambda: revoke_grant(grant))
        assert revoking.waits()
    assert revoking.result() is None
    assert not AccessToken.objects.exists()
    assert not Grant.objects.exists()


# --- Apps


def test_the_end_of_an_app_takes_its_turn_with_a_refresh(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    with transaction.atomic():
        token_families.lock_grant(application=app.row)
        deleting = Meanwhile(partial(applications.delete_app, app.row))
        assert deleting.waits()
        assert refresh(app, tokens["refresh_token"]).status_code == 200
    assert deleting.result() is None
    assert not Application.objects.exists()
    assert not AccessToken.objects.exists()


def test_the_end_of_an_app_takes_what_is_being_written_about_it(app: App) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what points to the app holds it from the start
        FailedTokenRequest.objects.create(application=app.row, error="invalid_grant", reason="x")
        deleting = Meanwhile(partial(applications.delete_app, app.row))
        assert deleting.waits()
    assert deleting.result() is None
    assert not FailedTokenRequest.objects.exists()


def test_an_app_that_is_being_deleted_is_deleted_once(app: App) -> None:
    same = Application.objects.select_related("user").get()
    with transaction.atomic():
        applications.delete_app(app.row)
        deleting = Meanwhile(partial(applications.delete_app, same))
        assert deleting.waits()
    assert deleting.result() is None
    assert Activity.objects.filter(event="app_deleted").count() == 1


def test_a_change_of_an_app_that_is_being_disabled_leaves_it_disabled(app: App) -> None:
    with transaction.atomic():
        applications.set_disabled(app.row, disabled=True)
        change = partial(
            applications.change_app, app.row, name="Acme", redirect_uris=CALLBACK, scopes=["read"]
        )
        changing = Meanwhile(change)
        assert changing.waits()
    assert changing.result().name == "Acme"
    assert Application.objects.get().disabled_at is not None


def test_a_third_secret_waits_for_the_second_and_is_refused(app: App) -> None:
    with transaction.atomic():
        client_secrets.add_secret(app.row)
        adding = Meanwhile(partial(client_secrets.add_secret, app.row))
        assert adding.waits()
    assert isinstance(adding.result(), ValidationError)
    assert app.row.secrets.count() == 2


def test_the_26th_app_waits_for_the_25th_and_is_refused(dora: User) -> None:
    for number in range(24):
        applications.create_app(dora, name=f"App {number}", redirect_uris=CALLBACK)
    with transaction.atomic():
        applications.create_app(dora, name="The 25th", redirect_uris=CALLBACK)
        making = Meanwhile(lambda: applications.create_app(dora, name="The 26th", redirect_uris=CALLBACK))
        assert making.waits()
    assert isinstance(making.result(), ValidationError)
    assert Application.objects.count() == 25
