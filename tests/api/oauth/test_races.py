"""Many at once, on PostgreSQL with threads: one wins, nothing lives that should not, and nothing fails."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import end_app_tokens
from api.oauth.models import (
    AccessToken,
    Application,
    AuthorizationCode,
    ClientSecret,
    Grant,
    RefreshToken,
)
from api.oauth.services.applications import delete_app
from api.oauth.services.client_secrets import add_secret, drop_secret
from api.oauth.services.grants import revoke_grant
from tests.api.oauth.flow import (
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
from tests.fixtures import PASSWORD
from tests.sessions import known_browser_of

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
]
ROUNDS = 12
MANY = 20


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run each job in a thread of its own, all from the same moment; their results in order."""
    start = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(index: int, job: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[index] = job()
        except Exception as error:  # noqa: BLE001  a thread's failure is the test's to report
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [result for result in results if isinstance(result, Exception)]
    assert not failed, failed
    return results


def statuses(responses: list[Any]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def live_tokens() -> int:
    access: int = AccessToken.objects.filter(expires__gt=timezone.now()).count()
    return access + int(RefreshToken.objects.filter(revoked=None).count())


def test_of_many_exchanges_of_one_code_one_answers_and_its_tokens_are_dead(
    alice_browser: Client, app: App
) -> None:
    for _ in range(3):
        code = get_code(alice_browser, app)
        responses = at_once(*[partial(exchange, app, code)] * MANY)
        assert statuses(responses) == {200: 1, 400: MANY - 1}
        won = next(each for each in responses if each.status_code == 200).json()
        assert {each.json()["error"] for each in responses if each.status_code == 400} == {"invalid_grant"}
        assert call(won["access_token"]).status_code == 401
        assert refresh(app, won["refresh_token"]).json()["error"] == "invalid_grant"
        assert live_tokens() == 0
    assert Grant.objects.count() == 1


def test_of_many_refreshes_of_one_token_one_answers_and_the_family_lives(
    alice_browser: Client, app: App
) -> None:
    tokens = connect(alice_browser, app)
    for _ in range(3):
        old = tokens["refresh_token"]
        responses = at_once(*[partial(refresh, app, old)] * MANY)
        assert statuses(responses) == {200: 1, 400: MANY - 1}
        tokens = next(each for each in responses if each.status_code == 200).json()
        assert call(tokens["access_token"]).status_code == 200
        assert live_tokens() == 2
    assert not Activity.objects.filter(event="token_reuse").exists()


def test_the_first_consents_of_one_person_at_once_make_one_grant(alice_browser: Client, app: App) -> None:
    cookies = alice_browser.cookies

    def consent(scope: str) -> Any:
        browser = Client()
        browser.cookies = cookies
        return browser.post(authorize_url(app, scope=scope), {"answer": "allow"})

    for _ in range(ROUNDS):
        scopes = ["read", "write", "delete", "read write"]
        assert statuses(at_once(*[partial(consent, scope) for scope in scopes])) == {302: 4}
        assert Grant.objects.get().scope == "read write delete"
        assert AuthorizationCode.objects.count() == 4
        Grant.objects.all().delete()


def test_nothing_survives_a_revocation_that_meets_a_refresh(alice_browser: Client, app: App) -> None:
    for _ in range(ROUNDS):
        tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
        grant = Grant.objects.get()
        responses = at_once(
            partial(refresh, app, tokens["refresh_token"]),
            partial(exchange, app, code),
            partial(revoke_grant, grant),
        )
        assert statuses(responses[:2]).keys() <= {200, 400}
        assert live_tokens() == 0
        assert not Grant.objects.exists()


# Both end the grant by one service.
@pytest.mark.parametrize("path", ["/v1/oauth/revoke", pytest.param("/v1/auth", marks=pytest.mark.variant)])
def test_nothing_survives_an_access_token_that_is_revoked_while_it_is_refreshed(
    alice_browser: Client, app: App, path: str
) -> None:
    def revoke(token: str) -> Any:
        if path == "/v1/auth":
            return call(token, "DELETE", path)
        return post(path, {"token": token, **app.credentials})

    for _ in range(ROUNDS):
        tokens = connect(alice_browser, app)
        refreshed, revoked = at_once(
            partial(refresh, app, tokens["refresh_token"]), partial(revoke, tokens["access_token"])
        )
        assert refreshed.status_code in (200, 400)
        assert revoked.status_code == 200 or path == "/v1/auth"
        if revoked.status_code == 200:
            assert live_tokens() == 0
        else:  # the refresh was through, and its old access token was none any more
            assert (revoked.status_code, refreshed.status_code, live_tokens()) == (401, 200, 2)
            RefreshToken.objects.all().delete()
            AccessToken.objects.all().delete()


def test_a_consent_that_meets_a_revocation_comes_before_or_after_it(alice_browser: Client, app: App) -> None:
    for _ in range(ROUNDS):
        old = connect(alice_browser, app)
        grant = Grant.objects.get()
        response, _ = at_once(
            partial(alice_browser.post, authorize_url(app), {"answer": "allow"}),
            partial(revoke_grant, grant),
        )
        assert response.status_code == 302
        assert call(old["access_token"]).status_code == 401
        assert AuthorizationCode.objects.filter(used_at=None).count() == Grant.objects.count()


def test_a_skipped_consent_never_brings_back_what_was_revoked(alice_browser: Client, app: App) -> None:
    for _ in range(ROUNDS):
        connect(alice_browser, app)
        grant = Grant.objects.get()
        response, _ = at_once(partial(alice_browser.get, authorize_url(app)), partial(revoke_grant, grant))
        assert response.status_code in (200, 302)
        assert not Grant.objects.exists()
        assert not AuthorizationCode.objects.exists()


def test_nothing_survives_an_app_that_is_deleted_meanwhile(
    alice: User, alice_browser: Client, dora: User
) -> None:
    for number in range(ROUNDS):
        app = make_app(dora, name=f"App {number}")
        tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
        responses = at_once(
            partial(refresh, app, tokens["refresh_token"]),
            partial(exchange, app, code),
            partial(exchange, app, "craft_oac_unknown"),
            partial(alice_browser.post, authorize_url(app, scope="read delete"), {"answer": "allow"}),
            partial(delete_app, app.row),
        )
        assert statuses(responses[:3]).keys() <= {200, 400, 401}
        assert responses[3].status_code in (302, 400)
        assert not Application.objects.filter(pk=app.row.pk).exists()
        assert not Grant.objects.exists()
        assert live_tokens() == 0


def test_a_first_consent_that_meets_the_deletion_of_the_app(alice_browser: Client, dora: User) -> None:
    for number in range(ROUNDS):
        app = make_app(dora, name=f"App {number}")
        consent, _, again = at_once(
            partial(alice_browser.post, authorize_url(app), {"answer": "allow"}),
            partial(delete_app, app.row),
            partial(delete_app, app.row),
        )
        assert consent.status_code in (302, 400)
        assert again is None
        assert not Grant.objects.exists()
    assert Activity.objects.filter(event="app_deleted").count() == ROUNDS


def test_no_token_outlives_a_password_change_that_meets_its_exchange(
    alice: User, alice_browser: Client, app: App
) -> None:
    for _ in range(ROUNDS):
        tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
        responses = at_once(
            partial(exchange, app, code),
            partial(refresh, app, tokens["refresh_token"]),
            lambda: end_app_tokens(User.objects.get(pk=alice.pk)),
        )
        assert statuses(responses[:2]).keys() <= {200, 400}
        for answer in (each.json() for each in responses[:2] if each.status_code == 200):
            assert call(answer["access_token"]).status_code == 401
            assert refresh(app, answer["refresh_token"]).json()["error"] == "invalid_grant"


def test_no_code_outlives_a_password_change_that_meets_its_consent(alice: User, app: App) -> None:
    for number in range(ROUNDS):
        cache.clear()  # the limit of password changes
        old, new = Client(), Client()
        for browser in (old, new):
            browser.cookies.load(known_browser_of(alice))
            login = {"login": "alice@example.com", "password": f"{PASSWORD}{number or ''}"}
            assert browser.post("/login/", login).status_code == 302
        change = {"oldpassword": f"{PASSWORD}{number or ''}", "password1": f"{PASSWORD}{number + 1}"}
        consent, changed = at_once(
            partial(old.post, authorize_url(app), {"answer": "allow"}),
            partial(new.post, "/settings/security/password/", change),
        )
        assert changed.status_code == 302
        assert consent.status_code == 302
        for code in AuthorizationCode.objects.all():
            alice.refresh_from_db()
            assert alice.oauth_valid_after is not None
            assert code.created < alice.oauth_valid_after


def test_an_owner_who_drops_the_last_secret_meets_its_use(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    for _ in range(ROUNDS):
        ClientSecret.objects.update(last_used_at=None)
        secret = ClientSecret.objects.get()
        response, _ = at_once(
            partial(refresh, app, tokens["refresh_token"]),
            partial(drop_secret, secret),
        )
        assert response.status_code in (200, 401)
        if response.status_code == 200:
            tokens = response.json()
        app = App(app.row, add_secret(app.row))
