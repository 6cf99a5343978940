"""The blocks of code of every guide, as they are printed, with what their reader would put in."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pytest_django import Settings

from craft.docs.example_values import PARAMETERS
from craft.docs.guides import ALL
from craft.docs.languages import TABS
from craft.docs.reference import operations
from tests.craft.code_blocks import blocks
from tests.sdk.examples import Node, node, run
from tests.sdk.node import what_is_missing
from tests.sdk.python import connect
from tests.sdk.server import REDIRECT_URI, App, Craft

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.django_db]

CALLBACK = "https://yourapp.com/callback"
ON_A_DESK = "http://127.0.0.1:8765/callback"  # any port of the registered one
VERIFIER, STATE = "a" * 43, "b" * 43
# What is no program: answers, headers and addresses, and what is typed once.
NO_PROGRAMS = {"Answer", "Header", "Address", ".env", ".env.local", "Shell"}
IN_A_BROWSER = 'credentials: "include"'  # tests/e2e/test_docs.py


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if missing := what_is_missing():
        pytest.skip(missing)
    with node(tmp_path_factory.mktemp("guides")) as running:
        yield running


@pytest.fixture(scope="module")
def confidential(craft: Craft) -> App:
    return craft.new_app(redirect_uri=CALLBACK)


@pytest.fixture(scope="module")
def public(craft: Craft) -> App:
    return craft.new_app(is_public=True, redirect_uri=REDIRECT_URI)


@pytest.mark.parametrize("name", ALL)
def test_each_block_of_a_guide_works_as_it_is_printed(
    craft: Craft,
    running: Node,
    confidential: App,
    public: App,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    settings.API_URL = settings.WEB_URL = craft.url
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, running.folder):
        (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    email = craft.new_user()
    key = craft.new_key(email)
    project = json.loads(craft.call("POST", "/v1/projects", key, json_body={"name": "Hello"})[1])["data"][
        "id"
    ]
    token = ""
    of_the_reference = {code for each in operations().values() for _, code in each.calls}
    environment = {"CRAFT_API_KEY": key, "CRAFT_BASE_URL": craft.url, "CRAFT_WEB_URL": craft.url}
    environment |= {"CLIENT_ID": confidential.client_id, "CLIENT_SECRET": str(confidential.client_secret)}
    environment |= {"PUBLIC_CLIENT_ID": public.client_id, "CODE_VERIFIER": VERIFIER}
    tokens = ("CRAFT_ACCESS_TOKEN", "REFRESH_TOKEN", "PUBLIC_REFRESH_TOKEN")
    for variable in (*environment, "CODE", "PUBLIC_CODE", *tokens):
        monkeypatch.setenv(variable, "")
    for title, code in blocks(f"/docs/{name}/"):
        if title in NO_PROGRAMS or code in of_the_reference or IN_A_BROWSER in code:
            continue
        assert title in TABS, f"nobody runs {title} of {name}"
        if "ACCESS_TOKEN" in code or "access_token}" in code:
            token = token or connect(craft, email, craft.new_app()).access_token
        variables, given = what_it_needs(code, craft, confidential, public, token)
        environment |= variables
        code = code.replace("YOUR_API_KEY", key).replace(PARAMETERS["project_id"], project)
        made = run(title, code, environment, running, **given)
        answered = made.get("status", getattr(made.get("response"), "status_code", 200))
        assert answered in (200, 201), (code, made)
        assert "error" not in made, (code, made)


def what_it_needs(
    code: str, craft: Craft, confidential: App, public: App, token: str
) -> tuple[dict[str, str], dict[str, Any]]:
    """What the reader of a block has by then: in the environment, and in variables."""
    environment: dict[str, str] = {}
    given: dict[str, Any] = {}
    if token:
        environment["CRAFT_ACCESS_TOKEN"] = given["access_token"] = token
    if "refresh_token: refresh_token" in code:
        given["refresh_token"] = refresh_token(craft, confidential)
    if "PUBLIC_REFRESH_TOKEN" in code:
        environment["PUBLIC_REFRESH_TOKEN"] = refresh_token(craft, public)
    elif "REFRESH_TOKEN" in code:
        environment["REFRESH_TOKEN"] = refresh_token(craft, confidential)
    if "oauth.callback(address, kept)" in code:
        given["address"] = come_back(craft, confidential, CALLBACK, VERIFIER)
        given["kept"] = {"state": STATE, "code_verifier": VERIFIER, "codeVerifier": VERIFIER}
    if "PUBLIC_CODE" in code:
        environment["PUBLIC_CODE"] = fresh_code(craft, public, ON_A_DESK)
    elif "CODE" in re.findall(r"\w+", code) or "searchParams" in code:
        environment["CODE"] = fresh_code(craft, confidential, CALLBACK)
        given["query"] = urlencode({"code": environment["CODE"]})
    return environment, given


def come_back(craft: Craft, app: App, redirect_uri: str, verifier: str) -> str:
    """The address with which somebody comes back who has allowed the app. `verifier`: "" without PKCE."""
    asked = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "read write",
        "state": STATE,
    }
    if verifier:
        digest = sha256(verifier.encode()).digest()
        asked |= {"code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode()}
        asked |= {"code_challenge_method": "S256"}
    return craft.person(craft.new_user()).answer(f"{craft.url}/oauth/authorize?{urlencode(asked)}", "allow")


def fresh_code(craft: Craft, app: App, redirect_uri: str) -> str:
    """A code that nobody has used; a public app's belongs to VERIFIER."""
    url = come_back(craft, app, redirect_uri, "" if app.client_secret else VERIFIER)
    return parse_qs(urlsplit(url).query)["code"][0]


def refresh_token(craft: Craft, app: App) -> str:
    """A refresh token that nobody has used."""
    redirect_uri = CALLBACK if app.client_secret else ON_A_DESK
    proof = {"client_secret": app.client_secret} if app.client_secret else {"code_verifier": VERIFIER}
    body = {
        "grant_type": "authorization_code",
        "code": fresh_code(craft, app, redirect_uri),
        "redirect_uri": redirect_uri,
        "client_id": app.client_id,
        **proof,
    }
    answer = json.loads(craft.call("POST", "/v1/oauth/token", json_body=body)[1])
    token: str = answer["refresh_token"]
    return token
