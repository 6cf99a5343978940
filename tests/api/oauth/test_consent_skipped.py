"""The consent page is skipped for the same confidential app that asks for no more, and for nobody else."""

import pytest
from django.test import Client

from accounts.models import Activity
from api.oauth.models import Grant
from api.oauth.services.applications import change_app
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
from tests.cases import cases


def is_asked(browser: Client, app: App, **changes: str | None) -> bool:
    """Whether the link shows the consent page (else it leads straight back to the app with a code)."""
    response = browser.get(authorize_url(app, **changes))
    if response.status_code == 302:
        assert response["Location"].startswith(changes.get("redirect_uri") or CALLBACK)
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


def test_it_is_the_same_persons_consent_to_the_same_app_that_counts(
    alice_browser: Client, bob_browser: Client, app: App, other_app: App
) -> None:
    connect(bob_browser, app, "read")
    connect(alice_browser, other_app, "delete")
    connect(alice_browser, app, "read write")
    assert not is_asked(alice_browser, app, scope="read write")
    assert is_asked(alice_browser, app, scope="delete")


def test_the_same_consent_again_is_no_news(alice_browser: Client, app: App) -> None:
    for _ in range(2):
        connect(alice_browser, app)
    assert Activity.objects.filter(event__startswith="grant_").count() == 1


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


OTHER = "https://other.example/callback"


def lead_to(app: App, *uris: str) -> None:
    scopes = ["read", "write", "delete"]
    change_app(app.row, name="Acme Sync", redirect_uris="\n".join(uris), scopes=scopes)
    app.row.refresh_from_db()


def test_consent_is_asked_again_for_a_host_that_was_not_agreed_to(
    alice_browser: Client, bob_browser: Client, app: App
) -> None:
    connect(alice_browser, app)
    lead_to(app, CALLBACK, "https://yourapp.com/elsewhere", OTHER)
    assert not is_asked(alice_browser, app, redirect_uri="https://yourapp.com/elsewhere")
    assert is_asked(alice_browser, app, redirect_uri=OTHER)
    assert (
        b"before, but to return to yourapp.com."
        in alice_browser.get(authorize_url(app, redirect_uri=OTHER)).content
    )
    alice_browser.post(authorize_url(app, redirect_uri=OTHER), {"answer": "deny"})
    assert is_asked(alice_browser, app, redirect_uri=OTHER)
    allow(alice_browser, app, redirect_uri=OTHER)
    assert not is_asked(alice_browser, app, redirect_uri=OTHER)
    assert not is_asked(alice_browser, app)
    assert Activity.objects.get(event="grant_extended").details["hosts"] == ["other.example", "yourapp.com"]
    allow(bob_browser, app)
    assert is_asked(bob_browser, app, redirect_uri=OTHER)


@pytest.mark.matrix  # odd input
@cases(
    ("agreed", "asked", "again"),
    [
        ("http://127.0.0.1:5000/cb", "http://127.0.0.1:6000/cb", False),
        ("http://127.0.0.1/cb", "http://[::1]:6000/cb", False),
        ("http://127.0.0.1/cb", "http://localhost:4000/cb", False),
        ("http://localhost:4000/cb", "http://127.0.0.1/cb", False),
        ("http://127.0.0.1/cb", CALLBACK, True),
        (CALLBACK, "http://127.0.0.1/cb", True),
        (CALLBACK, "https://yourapp.com:8443/", True),
        (CALLBACK, "https://a.yourapp.com/", True),
    ],
)
def test_this_very_machine_is_one_host_whatever_its_port(
    alice_browser: Client, app: App, agreed: str, asked: str, again: bool
) -> None:
    local = ("http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:4000/cb")
    lead_to(app, CALLBACK, "https://yourapp.com:8443/", "https://a.yourapp.com/", *local)
    allow(alice_browser, app, redirect_uri=agreed)
    assert is_asked(alice_browser, app, redirect_uri=asked) is again


@pytest.mark.matrix  # what is rare
def test_a_grant_from_before_hosts_were_kept_is_asked_for_once_more(alice_browser: Client, app: App) -> None:
    connect(alice_browser, app)
    Grant.objects.update(hosts="")
    assert is_asked(alice_browser, app)
    assert b"to return to" not in alice_browser.get(authorize_url(app)).content
    allow(alice_browser, app)
    assert not is_asked(alice_browser, app)
