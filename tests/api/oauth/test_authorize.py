"""GET and POST /oauth/authorize: what is judged, in which order, and how it is answered."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from accounts.models import User
from accounts.web.client import NOBODY
from api.oauth.models import AuthorizationCode, Grant
from api.oauth.protocol.authorization_request import (
    TOO_LONG,
    ErrorRedirect,
    UnsafeToRedirect,
    allow,
    read_authorization_request,
)
from api.oauth.services.applications import set_disabled
from tests.api.oauth.flow import CALLBACK, CHALLENGE, ISSUER, App, authorize_url, parameters, post
from tests.cases import cases
from tests.fixtures import PASSWORD

UNKNOWN_APP = "There is no app with this client_id, or it is disabled."
UNKNOWN_URI = "The redirect_uri is not one that the app has registered. It must match character by character."


def shows_error(browser: Client, url: str, reason: str) -> None:
    """GET and POST give the error page, and lead nowhere."""
    for response in (browser.get(url), browser.post(url, {"answer": "allow"})):
        assert response.status_code == 400
        assert not response.has_header("Location")
        assert reason in response.content.decode().replace("&#x27;", "'")
        assert CALLBACK not in response.content.decode()
    assert not AuthorizationCode.objects.exists()


@pytest.mark.matrix
@cases("signed_in", [True, False])
@cases(
    ("changes", "reason"),
    [
        ({"client_id": None}, "The parameter client_id is missing."),
        ({"client_id": ""}, "The parameter client_id is missing."),
        ({"client_id": "app_0000000000000000"}, UNKNOWN_APP),
        ({"client_id": "' OR 1=1 --"}, UNKNOWN_APP),
        ({"client_id": "%zz"}, UNKNOWN_APP),
        ({"client_id": "a" * 1000}, UNKNOWN_APP),
        ({"client_id": "app\x00"}, "The parameter client_id holds control characters."),
        ({"client_id": "app\u202e"}, "The parameter client_id holds control characters."),
        ({"redirect_uri": None}, "The parameter redirect_uri is missing."),
        ({"redirect_uri": ""}, "The parameter redirect_uri is missing."),
        ({"redirect_uri": "https://evil.example/"}, UNKNOWN_URI),
        ({"redirect_uri": CALLBACK + "\x00"}, "The parameter redirect_uri holds control characters."),
        ({"redirect_uri": CALLBACK + "\r\nSet-Cookie: a=b"}, "redirect_uri holds control characters."),
        ({"redirect_uri": "javascript:alert(1)"}, UNKNOWN_URI),
        ({"redirect_uri": "//yourapp.com/callback"}, UNKNOWN_URI),
        ({"redirect_uri": "/settings/"}, UNKNOWN_URI),
        ({"redirect_uri": "https://yourapp.com:99999/callback"}, UNKNOWN_URI),
        ({"redirect_uri": "https://[yourapp.com/callback"}, UNKNOWN_URI),
        ({"redirect_uri": CALLBACK + "?" + "a" * 1500}, UNKNOWN_URI),
        ({"state": "a" * 8000}, "may have 8,000 characters."),
        ({"state": "a\x00b"}, "The parameter state holds control characters."),
        ({"state": "a\r\nLocation: https://evil.example/"}, "state holds control characters."),
        ({"scope": "read\x00"}, "The parameter scope holds control characters."),
    ],
)
def test_a_link_that_cannot_be_trusted_shows_a_page_and_leads_nowhere(
    alice_browser: Client, app: App, changes: dict[str, str | None], reason: str, signed_in: bool
) -> None:
    shows_error(alice_browser if signed_in else Client(), authorize_url(app, **changes), reason)


@pytest.mark.matrix
@cases("name", ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge"])
@cases("again", ["read", "", "same"])
def test_a_repeated_parameter_shows_a_page(alice_browser: Client, app: App, name: str, again: str) -> None:
    url = authorize_url(app, code_challenge=CHALLENGE, code_challenge_method="S256")
    repeated = {"same": CALLBACK if name == "redirect_uri" else app.id}.get(again, again)
    reason = f"The parameter {name} is given more than once."
    shows_error(alice_browser, f"{url}&{urlencode({name: repeated})}", reason)
    shows_error(alice_browser, url.replace("?", f"?{urlencode({name: repeated})}&"), reason)


@cases("tail", ["&state=%ff", "&state=%ED%A0%80", "&%ff=x", "&state=\xe9", "&a=b" * 101])
def test_a_query_that_cannot_be_read_shows_a_page(alice_browser: Client, app: App, tail: str) -> None:
    response = alice_browser.get("/oauth/authorize", QUERY_STRING=authorize_url(app, state=None)[17:] + tail)
    assert response.status_code == 400
    assert b"The address is not encoded correctly." in response.content


def test_a_query_has_no_more_than_8_000_characters_and_100_parameters(app: App) -> None:
    query = authorize_url(app).partition("?")[2]
    for bound, more, reason in (
        ("&" + "a" * (7_999 - len(query)), "a", TOO_LONG),
        ("&a=b" * 95, "&a=b", "The address is not encoded correctly."),
    ):
        assert read_authorization_request(query + bound).state == "xyz"
        with pytest.raises(UnsafeToRedirect) as refused:
            read_authorization_request(query + bound + more)
        assert str(refused.value) == reason


def test_a_disabled_app_and_one_whose_owner_is_deactivated_are_unknown(
    alice_browser: Client, app: App, dora: User
) -> None:
    set_disabled(app.row, disabled=True)
    shows_error(alice_browser, authorize_url(app), UNKNOWN_APP)
    set_disabled(app.row, disabled=False)
    assert alice_browser.get(authorize_url(app)).status_code == 200
    dora.is_active = False
    dora.save()
    shows_error(alice_browser, authorize_url(app), UNKNOWN_APP)


ONLY_CODE = "response_type must be code."
NO_SUCH_SCOPE = "scope names one that does not exist, or that the app may not ask for."
REFUSED = [
    ({"response_type": None}, "invalid_request", "Missing response_type parameter."),
    ({"response_type": ""}, "invalid_request", "Missing response_type parameter."),
    ({"response_type": "token"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "id_token"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "code token"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "CODE"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "none"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "xcodex"}, "unsupported_response_type", ONLY_CODE),
    ({"response_type": "a" * 1000}, "unsupported_response_type", ONLY_CODE),
    ({"response_mode": "fragment"}, "invalid_request", "response_mode must be query."),
    ({"response_mode": "form_post"}, "invalid_request", "response_mode must be query."),
    ({"scope": "read nope"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "READ"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "read,write"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "read  write"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "\uff52ead"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "admin"}, "invalid_scope", NO_SUCH_SCOPE),
    ({"scope": "a" * 1000}, "invalid_scope", NO_SUCH_SCOPE),
    ({"code_challenge": CHALLENGE}, "invalid_request", "code_challenge_method must be S256."),
    *(
        ({"code_challenge": CHALLENGE, "code_challenge_method": method}, "invalid_request", reason)
        for method, reason in [
            ("plain", "code_challenge_method must be S256."),
            ("s256", "code_challenge_method must be S256."),
            ("S512", "code_challenge_method must be S256."),
            ("", "code_challenge_method must be S256."),
        ]
    ),
    ({"code_challenge_method": "S256"}, "invalid_request", "Missing code_challenge parameter."),
    *(
        (
            {"code_challenge": challenge, "code_challenge_method": "S256"},
            "invalid_request",
            "code_challenge must be the base64url of a SHA-256.",
        )
        for challenge in ("a", CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE[:-1] + "=", "a" * 128, "a" * 1000)
    ),
]


@pytest.mark.matrix
@cases(("changes", "error", "description"), REFUSED)
def test_any_other_fault_is_told_to_the_app_with_state_and_issuer(
    alice_browser: Client, app: App, changes: dict[str, str | None], error: str, description: str
) -> None:
    for response in (
        alice_browser.get(authorize_url(app, **changes)),
        alice_browser.post(authorize_url(app, **changes), {"answer": "allow"}),
    ):
        assert response.status_code == 302
        assert response["Location"].startswith(CALLBACK + "?")
        told = parameters(response["Location"])
        assert told == {"error": error, "error_description": description, "state": "xyz", "iss": ISSUER}
    assert not AuthorizationCode.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.matrix  # each fault
@cases(("changes", "error"), [row[:2] for row in REFUSED[:8]])
def test_a_fault_never_redirects_somebody_who_is_not_signed_in(
    alice: User, app: App, changes: dict[str, str | None], error: str
) -> None:
    browser = Client()
    url = authorize_url(app, **changes)
    for response in (browser.get(url), browser.post(url, {"answer": "allow"})):
        assert response.status_code == 302
        assert response["Location"] == f"/login/?next={quote(url)}"
    signed_in = browser.post("/login/", {"login": alice.email, "password": PASSWORD, "next": url})
    assert signed_in["Location"] == url
    assert parameters(browser.get(url)["Location"])["error"] == error


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": ""},
    ],
)
def test_a_public_app_must_use_pkce(
    alice_browser: Client, public_app: App, changes: dict[str, str | None]
) -> None:
    told = parameters(alice_browser.get(authorize_url(public_app, **changes))["Location"])
    assert told["error"] == "invalid_request"
    assert told["state"] == "xyz"


@pytest.mark.matrix
@cases(
    "state",
    [
        "",
        "a",
        "a b+c",
        "%zz",
        "&state=evil&code=evil",
        "#fragment",
        "é ✓ \U0001f600",
        "<script>",
        "a" * 1200,
        '"\\',
    ],
)
def test_the_state_comes_back_as_it_was(alice_browser: Client, app: App, state: str) -> None:
    for answer in ("allow", "deny"):
        location = alice_browser.post(authorize_url(app, state=state), {"answer": answer})["Location"]
        assert parameters(location).get("state", "") == state
        assert location.isascii()
        assert "#" not in location


@pytest.mark.matrix
@cases(
    "extra",
    [
        "prompt=none",
        "prompt=login",
        "prompt=create",
        "approval_prompt=auto",
        "nonce=" + "n" * 300,
        "claims=%7B%7D",
        "resource=https://evil.example",
        "request=eyJ",
        "request_uri=https://evil.example",
        "skip_authorization=true",
        "user=1&user=2",
        "response_mode=query",
    ],
)
def test_a_parameter_that_craft_does_not_know_changes_nothing(
    alice_browser: Client, app: App, extra: str
) -> None:
    for url in (f"{authorize_url(app)}&{extra}", authorize_url(app).replace("?", f"?{extra}&")):
        page = alice_browser.get(url)
        assert page.status_code == 200
        assert b"Acme Sync wants to act for you" in page.content
    signed_out = Client().get(authorize_url(app) + "&" + extra)
    assert signed_out["Location"].startswith("/login/?next=/oauth/authorize%3F")


def test_a_client_id_is_compared_character_by_character(alice_browser: Client, app: App) -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in app.id)  # NFKC would make the real one of it
    for wrong in (full_width, app.id.swapcase(), f"{app.id} ", app.id[:-1], app.id + "%"):
        assert alice_browser.get(authorize_url(app, client_id=wrong)).status_code == 400
        answer = post(
            "/v1/oauth/token", {"grant_type": "refresh_token", "refresh_token": "x", "client_id": wrong}
        )
        assert answer.json()["error"] == "invalid_client"


def test_other_methods_are_refused(alice_browser: Client, app: App) -> None:
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert alice_browser.generic(method, authorize_url(app)).status_code == 405
    assert alice_browser.head(authorize_url(app)).status_code == 200
    assert post("/v1/oauth/authorize", {}).status_code == 404


def test_what_is_wrong_is_said_in_these_words_and_no_others(app: App) -> None:
    wrong: list[tuple[dict[str, str | None], str]] = [
        ({"client_id": None}, "The parameter client_id is missing."),
        ({"client_id": "app_0000000000000000"}, UNKNOWN_APP),
        ({"redirect_uri": None}, "The parameter redirect_uri is missing."),
        ({"redirect_uri": "https://b.example/"}, UNKNOWN_URI),
    ]
    for changes, words in wrong:
        with pytest.raises(UnsafeToRedirect) as refused:
            read_authorization_request(authorize_url(app, **changes).partition("?")[2])
        assert str(refused.value) == words
    with pytest.raises(ErrorRedirect) as told:
        read_authorization_request(authorize_url(app, response_type="token").partition("?")[2])
    assert str(told.value) == "response_type must be code."


def test_an_app_that_went_while_the_page_was_open_is_said_to_be_gone(alice: User, app: App) -> None:
    asked = read_authorization_request(authorize_url(app).partition("?")[2])
    app.row.delete()
    with pytest.raises(UnsafeToRedirect, match=r"^The app does not exist any more\.$"):
        allow(asked, alice, NOBODY, was_asked=True)
