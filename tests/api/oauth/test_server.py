"""On the real server: the longest way to consent, and bodies that are refused before they are sent."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.e2e.server import Server, serving
from tests.fixtures import PASSWORD

pytestmark = pytest.mark.server
CALLBACK = "https://yourapp.com/callback"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("oauth")) as running:
        yield running


@pytest.mark.parametrize("filling", ["a", ":"], ids=["as it is", "made longer"])
def test_a_link_of_8000_characters_leads_through_sign_in_to_the_answer(server: Server, filling: str) -> None:
    email = f"{ord(filling)}@example.com"
    server.manage("create_user", email, "--password-stdin", stdin=PASSWORD)
    app = json.loads(server.manage("create_oauth_app", email, "--name", "Acme", "--redirect-uri", CALLBACK))
    query = f"client_id={app['client_id']}&redirect_uri={CALLBACK}&response_type=code&state="
    state = filling * (8000 - len(query))
    site, browser = f"http://localhost:{server.port}", requests.Session()

    page = browser.get(f"{site}/oauth/authorize?{query}{state}")
    assert (page.status_code, urlsplit(page.url).path) == (200, "/login/")
    link = parse_qs(urlsplit(page.url).query)["next"][0]
    fields = {"login": email, "password": PASSWORD, "next": link, "csrfmiddlewaretoken": _csrf(page.text)}
    page = browser.post(f"{site}/login/", fields)
    assert (page.status_code, urlsplit(page.url).path) == (200, "/oauth/authorize"), page.text
    answer = {"answer": "allow", "csrfmiddlewaretoken": _csrf(page.text)}
    location = browser.post(page.url, answer, allow_redirects=False).headers["Location"]
    told = parse_qs(urlsplit(location).query)
    assert told["state"] == [state]
    assert told["code"]


def _csrf(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"])
@pytest.mark.parametrize(
    ("status", "header", "body"),
    [
        (411, "Transfer-Encoding: chunked", b"18\r\ngrant_type=refresh_token&x\r\n0\r\n\r\n"),
        (413, "Content-Length: 65537", b""),
        (413, "Content-Length: 65537\r\nExpect: 100-continue", b""),
    ],
)
def test_a_body_that_will_not_be_read_is_refused_without_it(
    server: Server, path: str, status: int, header: str, body: bytes
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n"
    answer = server.send(head.encode() + body)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b'"error": "invalid_request"' in answer or b'"error":"invalid_request"' in answer
    assert b"no-store" in answer.lower()
