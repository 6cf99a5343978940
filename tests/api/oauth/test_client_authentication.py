"""Who is the client? By HTTP Basic, by the body, or by PKCE alone (RFC 6749, section 2.3)."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oauthlib.common import Request

from accounts.models import User
from api.oauth.models import ClientSecret, FailedTokenRequest
from api.oauth.protocol.client_authentication import read_basic
from api.oauth.protocol.server import server
from api.oauth.services.applications import set_disabled
from api.oauth.services.client_secrets import add_secret, drop_secret
from apikeys.tokens import Kind, generate
from tests.api.oauth.flow import CALLBACK, VERIFIER, App, basic, connect, make_app, post
from tests.cases import cases

CODE = generate(Kind.AUTHORIZATION_CODE).raw  # well formed, unknown


def ask(headers: dict[str, str] | None = None, **sent: Any) -> Any:
    """A token request with a code that does not exist: `invalid_grant` once the client is known."""
    asked = {"grant_type": "authorization_code", "code": CODE, "redirect_uri": CALLBACK, **sent}
    return post("/v1/oauth/token", asked, headers=headers, kind="form")


def outcome(response: Any) -> tuple[int, str, str | None]:
    return response.status_code, response.json()["error"], response.get("WWW-Authenticate")


KNOWN = (400, "invalid_grant", None)
UNKNOWN = (401, "invalid_client", 'Basic realm="craft", error="invalid_client"')


def test_basic_and_body_are_both_taken(app: App) -> None:
    assert outcome(ask(client_id=app.id, client_secret=app.secret)) == KNOWN
    assert outcome(ask(app.basic)) == KNOWN
    assert outcome(ask(app.basic, client_id=app.id)) == KNOWN


def test_basic_and_body_work_for_every_endpoint(alice_browser: Client, app: App) -> None:
    for headers, sent in [(app.basic, {}), (None, app.credentials)]:
        tokens = connect(alice_browser, app)
        asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **sent}
        tokens = post("/v1/oauth/token", asked, headers=headers).json()
        asked = {"token": tokens["refresh_token"], **sent}
        assert post("/v1/oauth/introspect", asked, headers=headers).json()["active"] is True
        assert post("/v1/oauth/revoke", asked, headers=headers).json() == {}
        assert post("/v1/oauth/introspect", asked, headers=headers).json() == {"active": False}


def test_only_of_a_public_app_the_name_is_enough(app: App, public_app: App) -> None:
    request = Request("/v1/oauth/token", "POST")  # one for all: whom it named before counts for nothing

    def names_itself(client_id: str) -> bool:
        return bool(server().request_validator.authenticate_client_id(client_id, request))

    assert names_itself(public_app.id)
    assert not names_itself(app.id)
    assert not names_itself("app_0000000000000000")


def test_two_ways_at_once_are_refused(app: App) -> None:
    for secret in (app.secret, "x"):
        response = ask(app.basic, client_id=app.id, client_secret=secret)
        assert outcome(response) == (400, "invalid_request", None)
        assert (
            response.json()["error_description"] == "Authenticate by the header or by the body, not by both."
        )


def test_the_body_may_not_name_another_client_than_the_header(app: App, other_app: App) -> None:
    assert outcome(ask(app.basic, client_id=other_app.id)) == UNKNOWN
    assert outcome(ask(app.basic, client_id=other_app.id, client_secret=other_app.secret))[0] == 400


@cases("scheme", ["Basic", "basic", "BASIC", "  Basic", "Basic  "])
def test_the_scheme_is_read_as_http_says(app: App, scheme: str) -> None:
    text = app.basic["Authorization"].removeprefix("Basic ")
    assert outcome(ask({"Authorization": f"{scheme} {text}"})) == KNOWN


def test_basic_credentials_are_form_decoded(app: App) -> None:
    encoded = "".join(f"%{ord(c):02x}" for c in app.id)
    assert outcome(ask(basic(encoded, str(app.secret)))) == KNOWN


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


@cases(
    ("header", "read"),
    [
        ("Basic " + b64(b"app:a:b"), ("app", "a:b")),
        ("Basic " + b64(b"_app:wWW"), ("_app", "wWW")),  # X2FwcDp3V1dX: an X at both ends
        ("Basic " + b64(b"app"), None),
        ("\tBasic " + b64(b"app:a"), None),
        ("XBasic " + b64(b"app:a"), None),
        ("Basic \t" + b64(b"app:a"), None),
        ("Basic YXBw!OmE=", None),  # app:a, with what is no Base64 within
    ],
)
def test_basic_is_read_strictly(header: str, read: tuple[str, str] | None) -> None:
    assert read_basic(header) == read


@pytest.mark.matrix
@cases(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic x",
        "Basic ====",
        "Basic é",
        "Basic \xff\xfe",
        "Basic " + b64(b"no colon"),
        "Basic " + b64(b":"),
        "Basic " + b64(b"\xff:\xff"),
        "Basic " + b64(b"\x00:\x00"),
        "Basic " + b64(b"%00:%00"),
        "Basic " + b64(b"%ff%zz:%ff"),
        "Basic " + b64(b"a" * 20_000 + b":b"),
        "Digest username=x",
        "Negotiate",
    ],
)
def test_a_header_that_is_no_good_is_401_even_with_a_good_body(app: App, header: str) -> None:
    assert outcome(ask({"Authorization": header})) == UNKNOWN
    assert outcome(ask({"Authorization": header}, client_id=app.id)) == UNKNOWN
    both = ask({"Authorization": header}, client_id=app.id, client_secret=app.secret)
    assert outcome(both) == (400, "invalid_request", None)


def test_a_bearer_header_is_challenged_as_bearer(app: App) -> None:
    for header in ("Bearer x", "bearer craft_oat_x", "BEARER"):
        response = ask({"Authorization": header}, client_id=app.id)
        assert outcome(response) == (401, "invalid_client", 'Bearer realm="craft", error="invalid_client"')


def test_a_secret_of_another_app_opens_nothing(app: App, other_app: App, public_app: App) -> None:
    assert outcome(ask(client_id=app.id, client_secret=other_app.secret)) == UNKNOWN
    assert outcome(ask(basic(app.id, str(other_app.secret)))) == UNKNOWN
    assert outcome(ask(client_id=public_app.id, client_secret=app.secret)) == UNKNOWN


@cases("kind", [kind for kind in Kind if kind != Kind.CLIENT_SECRET])
def test_another_kind_of_token_is_no_secret(app: App, kind: Kind) -> None:
    stored = ClientSecret.objects.get()
    token = generate(kind)
    stored.public_id, stored.digest = token.public_id, token.digest
    stored.save()
    assert outcome(ask(client_id=app.id, client_secret=token.raw)) == UNKNOWN


def test_a_secret_is_its_whole_text(app: App) -> None:
    secret = str(app.secret)
    other = "x" if secret[23] != "x" else "y"
    for wrong in (secret[:-1], secret + "0", secret.upper(), f"{secret} ", secret[:23] + other + secret[24:]):
        assert outcome(ask(client_id=app.id, client_secret=wrong)) == UNKNOWN
    forged = generate(Kind.CLIENT_SECRET)
    row = ClientSecret.objects.get()
    row.public_id = forged.public_id  # the same public id, another secret
    row.save()
    assert outcome(ask(client_id=app.id, client_secret=forged.raw)) == UNKNOWN


def test_two_secrets_live_side_by_side_until_one_is_dropped(app: App) -> None:
    second = add_secret(app.row)
    for secret in (app.secret, second):
        assert outcome(ask(client_id=app.id, client_secret=secret)) == KNOWN
    drop_secret(ClientSecret.objects.earliest("pk"))
    assert outcome(ask(client_id=app.id, client_secret=app.secret)) == UNKNOWN
    assert outcome(ask(client_id=app.id, client_secret=second)) == KNOWN


def test_a_confidential_app_without_a_secret_authenticates_nobody(app: App) -> None:
    drop_secret(ClientSecret.objects.get())
    tries: list[dict[str, Any]] = [
        {},
        {"client_secret": ""},
        {"client_secret": app.secret},
        {"code_verifier": VERIFIER},
    ]
    for sent in tries:
        assert outcome(ask(client_id=app.id, **sent)) == UNKNOWN
    assert outcome(ask(basic(app.id, ""))) == UNKNOWN


def test_a_public_app_names_itself_and_shows_nothing(public_app: App, app: App) -> None:
    assert outcome(ask(client_id=public_app.id)) == KNOWN
    assert outcome(ask(client_id=public_app.id, client_secret="x")) == UNKNOWN
    for headers in (basic(public_app.id, ""), {"Authorization": "Digest username=x"}):
        assert outcome(ask(headers)) == UNKNOWN
        assert outcome(ask(headers, client_id=public_app.id)) == UNKNOWN
    assert outcome(ask(client_id=app.id)) == UNKNOWN


def test_a_disabled_app_and_one_of_a_deactivated_owner_are_unknown(
    app: App, public_app: App, dora: User
) -> None:
    for each in (app, public_app):
        assert outcome(ask(None, **each.credentials)) == KNOWN
        set_disabled(each.row, disabled=True)
        assert outcome(ask(None, **each.credentials)) == UNKNOWN
        set_disabled(each.row, disabled=False)
        assert outcome(ask(None, **each.credentials)) == KNOWN
    dora.is_active = False
    dora.save()
    assert outcome(ask(app.basic)) == UNKNOWN
    assert outcome(ask(client_id=public_app.id)) == UNKNOWN


def test_last_use_of_a_secret_is_noted_and_not_for_each_request(
    app: App, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(client_id=app.id, client_secret="craft_ocs_wrong")
    assert ClientSecret.objects.get().last_used_at is None
    with django_capture_on_commit_callbacks(execute=True):
        ask(app.basic)
    first = ClientSecret.objects.get().last_used_at
    assert first is not None
    assert timezone.now() - first < timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        ask(app.basic)
    assert ClientSecret.objects.get().last_used_at == first
    ClientSecret.objects.update(last_used_at=timezone.now() + timedelta(days=300))  # a clock was wrong
    with django_capture_on_commit_callbacks(execute=True):
        ask(app.basic)
    assert ClientSecret.objects.filter(last_used_at__lte=timezone.now()).exists()


def test_failures_are_kept_for_the_developer_without_what_was_sent_and_never_more_than_twenty(
    app: App, dora: User
) -> None:
    make_app(dora, name="Initech")
    agent = {"User-Agent": "Acme/1.0"}
    for number in range(25):
        ask(agent, client_id=app.id, client_secret=f"wrong-{number}")
    ask(client_id="app_0000000000000000")
    rows = FailedTokenRequest.objects.all()
    assert rows.count() == 20
    assert {(row.application_id, row.error, row.ip, row.user_agent) for row in rows} == {
        (app.row.pk, "invalid_client", "127.0.0.1", "Acme/1.0")
    }
    assert not any("wrong-" in row.reason for row in rows)
