"""Whatever is sent, the answer is never a crash and always has the one shape."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import CODES, check_headers
from tests.fixtures import API

pytestmark = pytest.mark.long
Key = tuple[APIKey, str]
# The database is the test's, not the example's: rows stay from one example to the next, which is fine here.
lenient = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What a WSGI server hands on: any byte, as Latin-1.
latin = st.text(st.characters(max_codepoint=255), max_size=60)
HEADERS = [
    *("Authorization", "Cookie", "Content-Type", "Content-Length", "Transfer-Encoding", "Origin"),
    *("X-CSRFToken", "X-HTTP-Method-Override", "X-Forwarded-For", "X-Forwarded-Proto", "Host", "Referer"),
    *("Accept", "User-Agent", "Expect", "Range", "If-Match", "Access-Control-Request-Method", "X-Request-ID"),
]
VALUES = [
    *("Bearer", "Bearer ", "null", "sessionid=x; csrftoken=y", "application/json", "chunked", "0", "-1"),
    *("multipart/form-data; boundary=", "http://[", "bytes=0-", "localhost:8000", "[", "1" * 5000, "*/*"),
]
headers = st.dictionaries(st.sampled_from(HEADERS), latin | st.sampled_from(VALUES), max_size=4)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
paths = st.sampled_from(["/v1/projects", "/v1/me", "/v1/auth", "/v1/projects/{id}", "/v1/"]) | latin.map(
    lambda text: "/v1/projects/" + text
)

texts = st.text(max_size=30) | st.sampled_from(["\x00", "\ud800", "name", "settings", "x" * 300])
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
fields = st.sampled_from(["name", "description", "template", "settings", "status", "id", "owner"])
bodies = st.dictionaries(fields, anything, max_size=5) | anything


@pytest.fixture(autouse=True)
def unlimited(read_write: Key) -> None:
    """The calls of all examples are one account's."""
    User.objects.filter(pk=read_write[0].user_id).update(plan="internal")


def check(response: Any) -> None:
    assert response.status_code < 500
    if response.status_code == 204:  # a preflight
        return
    check_headers(response)
    if response.content:
        body = response.json()
        assert body["success"] is (response.status_code < 400)
        if not body["success"]:
            assert body["error"]["code"] == CODES[response.status_code]


@lenient
@given(method=methods, path=paths, headers=headers, query=latin, body=st.binary())
@example(method="POST", path="/v1/projects", headers={"Content-Length": "\u00b2"}, query="", body=b"{}")
@example(method="GET", path="/v1/projects", headers={}, query="a=1&" * 1001, body=b"")
def test_random_headers_paths_and_queries_never_crash(
    read_write: Key, method: str, path: str, headers: dict[str, str], query: str, body: bytes
) -> None:
    project = Project.objects.create(owner=read_write[0].user, name="Harbour")
    signed = {"Authorization": f"Bearer {read_write[1]}", **headers}
    path = path.replace("{id}", project.uid)
    check(Client().generic(method, "/", data=body, headers=signed, PATH_INFO=path, QUERY_STRING=query))


@lenient
@given(method=st.sampled_from(["POST", "PATCH"]), body=bodies, escaped=st.booleans())
@example(method="PATCH", body={"status": [[[]]]}, escaped=True)
def test_random_json_never_crashes_and_what_is_stored_is_what_was_sent(
    api: API, read_write: Key, method: str, body: Any, escaped: bool
) -> None:
    path = "/v1/projects"
    if method == "PATCH":
        path += "/" + Project.objects.create(owner=read_write[0].user, name="Harbour").uid
    data = json.dumps(body, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    response = api(method, path, read_write[1], data=data, content_type="application/json")
    check(response)
    if response.status_code < 300 and "settings" in body:
        assert response.json()["data"]["settings"] == body["settings"]
        again = api("GET", f"/v1/projects/{response.json()['data']['id']}", read_write[1])
        assert again.json() == response.json()


@pytest.mark.parametrize("text", ["Bearer", "Basic"])
@lenient
@given(token=latin)
def test_random_tokens_are_401(db: None, text: str, token: str) -> None:
    response = Client().get("/v1/me", headers={"Authorization": f"{text} {token}"})
    assert response.status_code == 401
    check(response)
