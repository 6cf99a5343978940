"""The consent page is skipped for the same confidential app that asks for no more, and for nobody else."""

from django.test import Client

from accounts.models import Activity
from api.oauth.models import Grant
from api.oauth.services.grants import revoke_grant
from tests.api.oauth.flow import (
    CALLBACK,
    App,
    allow,
    authorize_url,
    call,
    connect,
    exchange,
    get_code,
    parameters,
)


def is_asked(browser: Client, app: App, **changes: str | None) -> bool:
    """Whether the link shows the consent page (else it leads straight back to the app with a code)."""
    response = browser.get(authorize_url(app, **changes))
    if response.status_code == 302:
        assert response["Location"].startswith(CALLBACK)
        assert parameters(response["Location"]).keys() == {"code", "state", "iss"}
        return False
    assert response.status_code == 200
    assert b"wants to act for you" in response.content
    return True


def test_consent_is_skipped_only_for_the_same_confidential_app_that_asks_no_more(
    alice_browser: Client, bob_browser: Client, app: App, other_app: App, public_app: App
) -> None:
    assert is_asked(alice_browser, app, scope="read write")
    connect(alice_browser, app, "read write")
    assert not is_asked(alice_browser, app, scope="read write")
    assert not is_asked(alice_browser, app, scope="write")
    assert not is_asked(alice_browser, app, scope=None)
    assert is_asked(alice_browser, app, scope="read write delete")
    assert is_asked(alice_browser, app, scope="delete")
    assert is_asked(alice_browser, other_app, scope="read")
    assert is_asked(bob_browser, app, scope="read")
    connect(alice_browser, public_app, "read")
    assert is_asked(alice_browser, public_app, scope="read")


def test_consent_is_asked_again_once_the_grant_is_gone(alice_browser: Client, app: App) -> None:
    connect(alice_browser, app)
    assert not is_asked(alice_browser, app)
    revoke_grant(Grant.objects.get())
    assert is_asked(alice_browser, app)


def test_growth_marks_what_is_new_and_keeps_what_was_given(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app, "read")
    page = alice_browser.get(authorize_url(app, scope="delete")).content.decode()
    assert page.count("Dangerous") == 1
    assert page.count("Not part of what you allowed on") == 1
    allow(alice_browser, app, scope="delete")
    assert Grant.objects.get().scope == "read delete"
    assert Activity.objects.get(event="grant_extended").details["scopes"] == ["read", "delete"]
    assert call(tokens["access_token"], "DELETE", "/v1/projects/proj_0000000000000000").status_code == 403
    assert exchange(app, get_code(alice_browser, app, scope="read")).json()["scope"] == "read"


def test_a_denied_growth_leaves_the_grant(alice_browser: Client, app: App) -> None:
    connect(alice_browser, app, "read")
    alice_browser.post(authorize_url(app, scope="read delete"), {"answer": "deny"})
    assert Grant.objects.get().scope == "read"
