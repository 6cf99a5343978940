"""The documentation: open to everybody, about this installation, and true."""

import base64
import hashlib
import json
import re
import shlex
import shutil
import subprocess
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from pytest_django import DjangoAssertNumQueries, Settings
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from api.errors import CODES
from api.schema.document import document
from api.schema.operation import MEANINGS
from craft.docs.guides import ALL
from craft.docs.reference import Operation, operations
from tests.api.answers import FORBIDDEN, UNAUTHORIZED
from tests.cases import cases
from tests.craft.code_blocks import blocks

GUIDES = [f"/docs/{name}/" for name in ALL]
IDS = [each["operationId"] for path in document()["paths"].values() for each in path.values()]
PAGES = ["/docs/", *GUIDES, *(f"/docs/api/{name}/" for name in IDS)]
NODE = shutil.which("node")

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]


class Reader(HTMLParser):
    """What a page refers to, its headings, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.headings: list[tuple[str, str]] = []
        self.text = ""
        self._heading = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.addresses += [given[name] for name in ("href", "src", "action") if name in given]
        self.ids |= {given["id"]} if "id" in given else set()
        if re.fullmatch("h[1-6]", tag):
            self._heading = tag
            self.headings.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._heading:
            self._heading = ""
        if tag in ("dd", "dt", "li", "p", "td"):
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._heading:
            self.headings[-1] = (self._heading, self.headings[-1][1] + data)


def read(client: Client, path: str) -> Reader:
    response = client.get(path)
    assert response.status_code == 200, path
    return Reader(response.content.decode())


def test_every_page_is_there_for_a_stranger_and_for_a_user(client: Client, alice_browser: Client) -> None:
    for path in PAGES:
        assert "Sign in" in read(client, path).text
        signed_in = read(alice_browser, path).text
        assert "Alice Owner" in signed_in
        assert "Sign out" in signed_in


def test_a_page_names_its_title_once_and_where_one_is(client: Client) -> None:
    for path in PAGES:
        response = client.get(path)
        page = Reader(response.content.decode())
        assert [level for level, _ in page.headings].count("h1") == 1, path
        assert response.content.count(b'aria-current="page"') == 1, path


@cases("path", ["/docs/nothing/", "/docs/api/nothing/", "/docs/api/", "/docs/api/getme/"])
def test_there_are_no_other_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@cases("path", ["/docs/", "/docs/errors/", "/docs/api/getMe/"])
@cases("method", ["post", "put", "patch", "delete"])
def test_pages_are_only_read(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_no_page_loads_or_leads_to_anything_of_others(client: Client) -> None:
    own = ("/", "#", "http://localhost:8000/")
    for path in PAGES:
        assert [each for each in read(client, path).addresses if not each.startswith(own)] == [], path


def test_no_link_is_broken(client: Client, alice_browser: Client) -> None:
    pages = {path: read(client, path) for path in PAGES}
    links = {
        (path, *address.removeprefix("http://localhost:8000").partition("#")[::2])
        for path in PAGES
        for address in pages[path].addresses
    }
    for address in {address for _, address, _ in links} - {""}:
        if not address.startswith("/static/"):
            assert alice_browser.get(address).status_code in (200, 302), address
    for path, address, part in links:
        if part and (address or path) in pages:
            assert part in pages[address or path].ids, (path, address, part)


@pytest.mark.parametrize("path", ["/docs/", "/docs/api/listProjects/", "/docs/authentication/"])
def test_a_stranger_reads_without_a_look_at_the_database(
    client: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get(path)


@pytest.mark.parametrize("path", ["/docs/", "/docs/authentication/", "/docs/api/listProjects/"])
def test_examples_have_the_readers_own_hosts(client: Client, settings: Settings, path: str) -> None:
    settings.WEB_URL, settings.API_URL = "https://web.example", "https://api.web.example"
    text = read(client, path).text
    assert "https://api.web.example/v1" in text
    assert "craft.fast" not in text
    assert "localhost:8000" not in text


# --- The page about authentication says what the public page says
HEADINGS = """
Authentication
API Keys
Creating an API Key
Key Permissions
Key Security
Using API Keys
Authorization Header
JavaScript Example
Using the SDK
OAuth 2.0
Supported Grant Types
OAuth Flow
1. Redirect User to Authorize
2. Handle Callback
3. Use Access Token
4. Refresh Token
OAuth Scopes
Session Tokens
Session Flow
Authentication Errors
401 Unauthorized
403 Forbidden
Best Practices
Environment Variables
Key Rotation
Scoped Keys
Token Storage
Testing Authentication
Verify Your Key
Expected Response
Next Steps
""".strip().splitlines()
ADDED = {
    "On this page",
    "Five minutes to a first token",
    "Refresh rules",
    "PKCE",
    "Notes on client libraries",
}


def test_the_page_about_authentication_has_the_headings_of_the_public_one(client: Client) -> None:
    found = [text.strip() for level, text in read(client, "/docs/authentication/").headings]
    found = found[found.index("Authentication") :]
    assert [text for text in found if text not in ADDED] == HEADINGS


SENTENCES = [
    "Learn how to authenticate with the Craft API. All API requests require proper authentication.",
    "Copy the key immediately (it won't be shown again)",
    "View projects, files, deployments",
    "Full access including create, update, delete",
    "Never commit API keys to version control",
    "For applications that need to act on behalf of users.",
    "Read-only access to all resources",
    "Administrative actions",
    "API calls include cookie automatically",
    '"message": "Invalid or missing authentication"',
    '"message": "Insufficient permissions"',
    "Missing Authorization header",
    "Resource belongs to another user",
    "CRAFT_API_KEY=your_api_key_here",
    "Never use admin keys in client-side code",
    "Handle expiration gracefully",
    '"id": "user_123"',
]


def test_the_page_about_authentication_has_the_words_of_the_public_one(client: Client) -> None:
    text = read(client, "/docs/authentication/").text
    assert [sentence for sentence in SENTENCES if sentence not in text] == []


def test_the_errors_shown_are_those_that_the_api_answers(client: Client) -> None:
    text = re.sub(r"\s+", "", read(client, "/docs/authentication/").text)
    for body in (UNAUTHORIZED, FORBIDDEN):
        assert re.sub(r"\s+", "", str(body).replace("'", '"').replace("False", "false")) in text


def test_the_limits_shown_are_those_of_this_installation(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "pro": (1, 23_456, None), "address": (None,)}
    text = " ".join(read(client, "/docs/rate-limits/").text.split())
    assert "Pro 1 23,456 none" in text
    assert "Calls without a valid credential Not limited." in text
    assert "Creating projects 10 a minute." in text


def test_the_page_about_errors_has_every_status(client: Client) -> None:
    page = read(client, "/docs/errors/")
    for status in MEANINGS:
        code = CODES.get(status, "INTERNAL_ERROR")
        assert f"{status} {code}" in page.text
    assert set(CODES.values()) < page.ids


# --- The reference
@pytest.fixture
def reference() -> list[Operation]:
    return list(operations().values())


def test_the_curl_example_is_what_a_shell_understands(reference: list[Operation]) -> None:
    for operation in reference:
        code = dict(operation.calls)["curl"]
        words = shlex.split(code.replace("\\\n", ""))
        assert words[:3] == ["curl", "-X", operation.method]
        assert "{" not in words[3]
        assert words[3].startswith("http://localhost:8000/v1/")


def test_each_field_of_a_body_or_an_answer_says_what_it_means(reference: list[Operation]) -> None:
    for operation in reference:
        for heading, lines in operation.groups:
            for line in lines:
                assert line.text, (operation.id, heading, line.name)
        assert "Answer" in dict(operation.groups) or operation.id == "revokeOAuthToken"


def test_the_answer_to_what_was_just_made_says_so(reference: list[Operation]) -> None:
    answers = {each.id: json.loads(each.answer).get("data") for each in reference}
    assert answers["createProject"]["stats"] == {"files": 0, "lastEditedAt": None}
    assert answers["createAPIKey"]["lastUsedAt"] is None
    assert answers["disableAPIKey"]["state"] == "disabled"
    for name in ("createProject", "createFile"):
        assert answers[name]["createdAt"] == answers[name]["updatedAt"]


@pytest.mark.skipif(not NODE, reason="Node.js is not installed")
def test_the_pkce_example_makes_the_challenge_of_its_verifier() -> None:
    code = next(code for _, code in blocks("/docs/authentication/") if "code_challenge" in code)
    code += "\nconsole.log(code_verifier, code_challenge);"
    ran = subprocess.run(
        [str(NODE), "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    verifier, challenge = ran.stdout.split()
    expected = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert challenge == expected
    assert len(verifier) == 43


def test_no_example_value_was_left_to_chance(reference: list[Operation]) -> None:
    for operation in reference:
        assert "…" not in operation.answer
        assert all("…" not in code for _, code in operation.calls)


def test_no_example_shows_a_token_that_could_be_real(reference: list[Operation]) -> None:
    for operation in reference:
        shown = str([operation.answer, operation.calls])
        assert set(re.findall(r"craft_[a-z]{3}_\w+", shown)) == set(
            re.findall(r"craft_[a-z]{3}_\w+XXXXXX", shown)
        )


def test_the_answer_shown_has_the_documented_shape(reference: list[Operation]) -> None:
    for operation in reference:
        whole: dict[str, Any] = document()
        found: dict[str, Any] = next(
            each
            for path in whole["paths"].values()
            for each in path.values()
            if each["operationId"] == operation.id
        )
        schema = found["responses"][operation.status]["content"]["application/json"]["schema"]
        registry: Registry[Any] = Registry().with_resource("urn:craft", DRAFT202012.create_resource(whole))
        schema = json.loads(json.dumps(schema).replace('"#/', '"urn:craft#/'))
        answer = json.loads(operation.answer)
        Draft202012Validator(schema, registry=registry).validate(answer)


def test_each_operation_says_what_it_needs_and_how_it_can_fail(
    client: Client, reference: list[Operation]
) -> None:
    for operation in reference:
        text = " ".join(read(client, f"/docs/api/{operation.id}/").text.split())
        assert ("Needs " in text) or ("Any credential" in text)
        assert "401" in text
        assert "429" in text
        assert "500" not in text
        assert operation.summary in text


def test_a_key_never_administers(client: Client) -> None:
    assert "No API key." in read(client, "/docs/api/listAPIKeys/").text
    assert "$CRAFT_ACCESS_TOKEN" in read(client, "/docs/api/listAPIKeys/").text
    assert "$CRAFT_API_KEY" in read(client, "/docs/api/listProjects/").text
