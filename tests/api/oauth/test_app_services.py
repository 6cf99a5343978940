"""The rules about apps: names, redirect URIs, scopes, secrets, and who may undo what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.events import Event
from accounts.models import Activity, User
from accounts.web.client import Client as Caller
from accounts.web.one_time_forms import FormUsed
from api.oauth.models import Application, ClientSecret
from api.oauth.redirect_uris import clean_redirect_uris
from api.oauth.services import applications, client_secrets
from api.oauth.services.app_validation import clean_app_name, clean_description, clean_scopes, clean_website
from apikeys.scopes import Scope, in_words
from tests.api.oauth.flow import CALLBACK, App, make_app
from tests.cases import cases


def _scopes_without_admin(scopes: list[str]) -> str:
    return clean_scopes(scopes, admin_enabled=False)


# --- Names


@pytest.mark.parametrize(
    "name", ["Acme Sync", "Handcraft", "Minecraft Tools", "Ünïcode 日本", "Crab", "The Craft"]
)
def test_an_ordinary_name_is_kept_as_it_is(name: str) -> None:
    assert clean_app_name(f"  {name} ") == name


@cases(
    "name",
    [
        "Craft",
        "craft",
        "CRAFT Security",
        "Craftsman",
        "\uff23\uff52\uff41\uff46\uff54",  # full-width
        "C.r.a.f.t",
        "C r a f t",
        "-Craft-",
        "🔒 Craft",
        "ⓒⓡⓐⓕⓣ",
        "\U0001d402raft",  # mathematical bold
        "\u24b8raft",
        "C\u200draft",
        "“Craft”",
        "Cr\u00e1ft",
        "Cra\u0323ft",
        "\u0421raft",  # Cyrillic Es
        "\u0421\u0433\u0430f\u0442",  # Cyrillic but for one letter
    ],
)
def test_a_name_that_begins_with_craft_is_refused_however_it_is_written(name: str) -> None:
    with pytest.raises(ValidationError, match="cannot begin with Craft"):
        clean_app_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Acme\u202eSync",
        "Acme\u2066Sync",
        "Acme\x00",
        "Ac\nme",
        "Acme\u200b",
        "\ufeffAcme",
        "Acme\ue000",
        "\udc80",
    ],
)
def test_a_name_with_bidi_control_or_invisible_characters_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="control or invisible"):
        clean_app_name(name)


@pytest.mark.parametrize("name", ["", "   ", "\u200d", "x" * 101])
def test_an_empty_or_overlong_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_app_name(name)


# --- Redirect URIs

GOOD = [
    "https://yourapp.com/callback",
    "https://yourapp.com",
    "https://yourapp.com/",
    "https://yourapp.com:8443/callback",
    "https://yourapp.com/callback?tenant=1",
    "https://yourapp.com/code?codes=state&State=1&x=code=1",
    "https://xn--bcher-kva.example/cb",
    "https://203.0.113.7/cb",
    "http://127.0.0.1/cb",
    "http://127.0.0.1:5000/cb",
    "http://[::1]/cb",
    "http://localhost/cb",
    "http://localhost:3000/cb",
]
BAD = [
    ("http://yourapp.com/callback", "https://"),
    ("javascript:alert(1)", "full URI"),
    ("javascript://yourapp.com/%0aalert(1)", "https://"),
    ("data:text/html,x", "full URI"),
    ("myapp://callback", "https://"),
    ("ftp://yourapp.com/", "https://"),
    ("//yourapp.com/callback", "lower case|https://"),
    ("/callback", "full URI"),
    ("yourapp.com/callback", "full URI"),
    ("https:///callback", "full URI"),
    ("https://", "full URI"),
    ("https://ada@yourapp.com/", "user name"),
    ("https://yourapp.com@evil.example/", "user name"),
    ("https://ada:pw@yourapp.com/", "user name"),
    ("https://yourapp.com/cb#done", "fragment"),
    ("https://yourapp.com/cb#", "fragment"),
    ("https://*.yourapp.com/cb", "wildcards"),
    ("https://yourapp.com/*", "wildcards"),
    ("https://yourapp.com\\@evil.example/", "backslashes"),
    ("https://YourApp.com/cb", "lower case"),
    ("HTTPS://yourapp.com/cb", "lower case"),
    ("https://\u0430pple.com/cb", "plain ASCII"),  # Cyrillic a
    ("https://yourapp.com/\u202ecb", "plain ASCII"),
    ("https://yourapp.com/\x00", "plain ASCII"),
    ("https://yourapp.com:99999/cb", "full URI"),
    ("https://yourapp.com:x/cb", "full URI"),
    ("https://yourapp/cb", "not a name on the internet"),
    ("https://your app.com/cb", "not a name|full URI"),
    ("https://-yourapp.com/cb", "not a name"),
    ("https://your..app.com/cb", "not a name"),
    ("https://[::1/cb", "full URI"),
    ("http://127.0.0.2/cb", "https://"),
    ("http://localhost.evil.example/cb", "https://"),
    ("http://127.0.0.1.evil.example/cb", "https://"),
    ("https://yourapp.com/" + "x" * 500, "longer than 500"),
    ("https://yourapp.com/cb?code=x", "must not name code"),
    ("https://yourapp.com/cb?a=b&state", "must not name state"),
    ("https://yourapp.com/cb?%69ss=x", "must not name iss"),
    ("https://yourapp.com/cb?error=", "must not name error,"),
    ("https://yourapp.com/cb?error_description=x", "must not name error_description"),
    ("https://yourapp.com/cb?a=b&&error_uri=x", "must not name error_uri"),
    ("http://127.0.0.1/cb?state=x", "must not name state"),
]


@cases("uri", GOOD)
def test_a_redirect_uri_that_is_safe_is_kept_character_by_character(uri: str) -> None:
    assert clean_redirect_uris(uri) == [uri]


@pytest.mark.matrix
@cases(("uri", "reason"), BAD)
def test_a_redirect_uri_that_is_not_safe_is_refused_with_the_reason(uri: str, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_redirect_uris(uri)
    assert re.search(reason, " ".join(refused.value.messages)), refused.value.messages


def test_redirect_uris_are_one_a_line_without_repeats_and_ten_at_most() -> None:
    assert clean_redirect_uris(f" {CALLBACK}\r\n\n{CALLBACK}\nhttps://b.example/ ") == [
        CALLBACK,
        "https://b.example/",
    ]
    with pytest.raises(ValidationError, match="at least one"):
        clean_redirect_uris(" \n ")
    with pytest.raises(ValidationError, match="at most 10"):
        clean_redirect_uris("\n".join(f"https://a{n}.example/" for n in range(11)))


def test_every_bad_redirect_uri_of_a_list_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        clean_redirect_uris("https://a.example/\nhttp://b.example/\nhttps://c.example/#x")
    assert [message.split(":")[0] for message in refused.value.messages] == ["http", "https"]


@cases(
    "asked",
    [
        CALLBACK + "/",
        "https://yourapp.com/Callback",
        "https://YOURAPP.com/callback",
        "https://yourapp.com:443/callback",
        "http://yourapp.com/callback",
        "https://yourapp.com/callback?",
        "https://yourapp.com/callback#x",
        "https://ada@yourapp.com/callback",
        "https://yourapp.com.evil.example/callback",
        "https://yourapp.com/callback/../admin",
        "https://yourapp.com/%63allback",
        " https://yourapp.com/callback",
        "javascript:alert(1)",
        "",
    ],
)
def test_only_the_very_registered_redirect_uri_is_allowed(asked: str) -> None:
    assert not Application(redirect_uris=CALLBACK).redirect_uri_allowed(asked)


def test_a_query_has_to_be_the_same_in_the_same_order() -> None:
    app = Application(redirect_uris="https://a.example/cb?x=1&y=2")
    assert app.redirect_uri_allowed("https://a.example/cb?x=1&y=2")
    assert not app.redirect_uri_allowed("https://a.example/cb?y=2&x=1")
    assert not app.redirect_uri_allowed("https://a.example/cb?x=1&y=2&z=3")
    assert not app.redirect_uri_allowed("https://a.example/cb")


def test_only_the_port_of_a_loopback_address_is_free() -> None:
    app = Application(redirect_uris="http://127.0.0.1/cb\nhttp://[::1]:1/cb\nhttp://localhost:3000/cb")
    assert app.redirect_uri_allowed("http://127.0.0.1:49152/cb")
    assert app.redirect_uri_allowed("http://[::1]:49152/cb")
    assert app.redirect_uri_allowed("http://localhost:3000/cb")
    for other in (
        "http://localhost:3001/cb",
        "http://127.0.0.1:49152/other",
        "https://127.0.0.1:49152/cb",
        "http://127.0.0.1:49152@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.1:49152/cb",
    ):
        assert not app.redirect_uri_allowed(other), other


# --- Website, description, scopes


@pytest.mark.parametrize("website", ["", "https://yourapp.com", "http://yourapp.com/about"])
def test_a_website_is_an_address_or_nothing(website: str) -> None:
    assert clean_website(f" {website} ") == website


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "yourapp.com",
        "https://ada@yourapp.com",
        "https://bücher.example",
        "ftp://a.example",
        "https://a.example/" + "x" * 300,
        "https://a.example/\x00",
    ],
)
def test_a_website_that_is_none_is_refused(website: str) -> None:
    with pytest.raises(ValidationError):
        clean_website(website)


def test_a_description_is_one_line_without_invisible_characters() -> None:
    assert clean_description(" Keeps\r\n boards  alike. ") == "Keeps boards alike."
    for bad in ("a\u202eb", "a\x00b", "x" * 501):
        with pytest.raises(ValidationError):
            clean_description(bad)


def test_website_and_description_may_be_as_long_as_is_said_and_no_longer() -> None:
    for clean, most, words in (
        (clean_website, "https://a.example/" + "x" * 282, "Website has 301 characters. Use at most 300."),
        (clean_description, "x" * 500, "Description has 501 characters. Use at most 500."),
    ):
        assert clean(most) == most
        with pytest.raises(ValidationError) as refused:
            clean(most + "x")
        assert refused.value.messages == [words]


@cases(
    "check, given, words",
    [
        (
            clean_app_name,
            "Craft Sync",
            "An app's name cannot begin with Craft: people would take it for ours.",
        ),
        (
            clean_website,
            "https://b\u00fccher.example",
            "Website may hold only plain ASCII and no @. Write a host in its xn-- form.",
        ),
        (
            clean_description,
            "a\x00b",
            "Description holds a control or invisible character. Type it again without.",
        ),
        (_scopes_without_admin, [], "Choose at least one scope."),
        (_scopes_without_admin, ["READ"], "Scopes are read, write, delete, admin."),
        (
            _scopes_without_admin,
            ["admin"],
            "Craft's staff must first allow this app to ask for admin. Write to support.",
        ),
    ],
)
def test_who_registers_an_app_is_told_in_words_what_is_wrong(
    check: Callable[[Any], str], given: Any, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        check(given)
    assert refused.value.messages == [words]


@cases("scopes", [[], ["read", "everything"], ["read", "admin"], ["READ"]])
def test_scopes_that_an_app_may_not_ask_for_are_refused(dora: User, scopes: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        applications.create_app(dora, name="Acme", redirect_uris=CALLBACK, scopes=scopes)
    assert list(refused.value.message_dict) == ["scopes"]
    assert not Application.objects.exists()


def test_all_faults_are_told_at_once_by_parameter(dora: User) -> None:
    with pytest.raises(ValidationError) as refused:
        applications.create_app(
            dora, name="Craft", redirect_uris="x", scopes=[], website="x", description="\x00"
        )
    assert set(refused.value.message_dict) == {"name", "redirect_uris", "scopes", "website", "description"}


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        ([], "Nothing"),
        (["read"], "View"),
        (["write", "read"], "View, create and change"),
        (["delete"], "Delete"),
        (["read", "write", "delete", "admin"], "View, create, change, delete and manage your account"),
    ],
)
def test_scopes_are_put_in_words(scopes: list[str], words: str) -> None:
    assert in_words(Scope(name) for name in scopes) == words


# --- Creating


def test_creating_an_app_gives_its_secret_once_and_keeps_its_digest_only(dora: User) -> None:
    app, raw_secret = applications.create_app(dora, name="Acme Sync", redirect_uris=CALLBACK)
    assert raw_secret is not None
    secret = app.secrets.get()
    assert raw_secret.startswith(secret.shown_id)
    assert len(bytes(secret.digest)) == 32
    stored = repr(list(Application.objects.values()) + list(ClientSecret.objects.values()))
    assert raw_secret.split("_")[3] not in stored
    assert app.allowed_scope == "read write delete"
    event = Activity.objects.get(user=dora, event=Event.APP_CREATED)
    assert event.credential == app.client_id
    assert raw_secret not in repr(event.details)


def test_a_public_app_has_no_secret_and_cannot_get_one(dora: User) -> None:
    app, raw_secret = applications.create_app(dora, name="Desktop", redirect_uris=CALLBACK, is_public=True)
    assert raw_secret is None
    assert app.is_public
    with pytest.raises(ValidationError, match="PKCE takes its place"):
        client_secrets.add_secret(app)


def test_one_form_makes_one_app(dora: User, alice: User) -> None:
    first, _ = applications.create_app(dora, name="Acme", redirect_uris=CALLBACK, form_id="f1")
    with pytest.raises(FormUsed) as used:
        applications.create_app(dora, name="Acme", redirect_uris=CALLBACK, form_id="f1")
    assert used.value.made == first
    applications.create_app(alice, name="Acme", redirect_uris=CALLBACK, form_id="f1")
    assert Application.objects.count() == 2


def test_a_person_has_25_apps_at_most(dora: User) -> None:
    for number in range(applications.MAX_APPS):
        make_app(dora, name=f"App {number}", is_public=True)
    assert not applications.has_room(dora)
    with pytest.raises(ValidationError, match="25 apps"):
        make_app(dora, name="One more")


# --- Changing


def change(app: Application, **values: Any) -> Application:
    kept = {"name": app.name, "redirect_uris": app.redirect_uris, "scopes": list(app.scopes)}
    return applications.change_app(app, **{**kept, **values})


def test_changing_an_app_tells_what_changed_and_saying_the_same_again_tells_nothing(app: App) -> None:
    change(app.row, name="Acme Two", scopes=["read"], client=Caller(ip="203.0.113.7", agent="curl/8.5"))
    event = Activity.objects.get(event=Event.APP_CHANGED)
    assert (event.credential, event.ip) == (app.id, "203.0.113.7")
    assert event.details["changed"] == ["name", "allowed_scope"]
    change(Application.objects.get())
    assert Activity.objects.filter(event=Event.APP_CHANGED).count() == 1


def test_what_needs_a_recent_sign_in_is_told_apart(app: App) -> None:
    assert not applications.changes_redirects(app.row, f"\n{CALLBACK} ")
    assert applications.changes_redirects(app.row, f"{CALLBACK}\nhttps://b.example/")
    assert applications.changes_redirects(app.row, "https://b.example/")
    assert not applications.widens(app.row, ["read"])
    assert not applications.widens(app.row, ["read", "write", "delete"])
    assert applications.widens(change(app.row, scopes=["read"]), ["read", "write"])


def test_staff_allow_admin_before_an_owner_can_let_an_app_ask_for_it(app: App) -> None:
    applications.set_admin_enabled(app.row, enabled=True)
    row = change(Application.objects.get(), scopes=["read", "admin"])
    assert row.scopes == {Scope.READ, Scope.ADMIN}
    applications.set_admin_enabled(row, enabled=False)
    assert Application.objects.get().scopes == {Scope.READ}
    applications.set_admin_enabled(row, enabled=False)
    assert Activity.objects.filter(event=Event.APP_CHANGED, details__by_staff=True).count() == 2


def test_an_owner_cannot_undo_what_staff_disabled(app: App) -> None:
    applications.set_disabled(app.row, disabled=True)
    first = Application.objects.get().disabled_at
    applications.set_disabled(app.row, disabled=True, by_staff=True)
    row = Application.objects.get()
    assert (row.disabled_at, row.disabled_by_staff) == (first, True)
    applications.set_disabled(app.row, disabled=True)  # the owner, again: staff's word stays
    with pytest.raises(ValidationError, match="Write to support"):
        applications.set_disabled(app.row, disabled=False)
    applications.set_disabled(app.row, disabled=False, by_staff=True)
    row = Application.objects.get()
    assert (row.disabled_at, row.disabled_by_staff) == (None, False)


# --- Secrets


def test_two_secrets_live_at_once_and_a_third_is_refused(app: App) -> None:
    assert client_secrets.add_secret(app.row) != app.secret
    with pytest.raises(ValidationError, match="two secrets already"):
        client_secrets.add_secret(app.row)
    assert Activity.objects.filter(event=Event.SECRET_CREATED).count() == 1


def test_one_form_adds_one_secret_even_after_the_old_one_was_dropped(app: App) -> None:
    client_secrets.add_secret(app.row, form_id="f1")
    client_secrets.drop_secret(app.row.secrets.order_by("pk")[0])
    with pytest.raises(FormUsed):
        client_secrets.add_secret(app.row, form_id="f1")
    assert app.row.secrets.count() == 1


def test_dropping_a_secret_twice_is_logged_once(app: App) -> None:
    secret, again = app.row.secrets.get(), app.row.secrets.get()
    client_secrets.drop_secret(secret)
    client_secrets.drop_secret(again)
    event = Activity.objects.get(event=Event.SECRET_DROPPED)
    assert event.details["public_id"] == again.public_id
