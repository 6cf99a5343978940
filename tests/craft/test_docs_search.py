"""What one looks for in the documentation is among the first three results."""

import pytest
from django.test import Client

from craft.docs.search import find, index, marked, stem
from tests.cases import cases

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

OBVIOUS = {
    "expired key": "/docs/api-keys/#expiry",
    "redirect_uri": "/docs/oauth/#redirect-uris",
    "state": "/docs/oauth/#link",
    "idempotent": "/docs/errors/#retries",
    "typescript": "/docs/quick-start/#sdk",
    "quick start": "/docs/quick-start/",
    "first answer": "/docs/quick-start/#a-first-answer",
    "sdk": "/docs/quick-start/#sdk",
    "authentication": "/docs/authentication/",
    "bearer": "/docs/authentication/#authorization-header",
    "authorization header": "/docs/authentication/#authorization-header",
    "api key": "/docs/api/createAPIKey/",
    "create api key": "/docs/api/createAPIKey/",
    "delete key": "/docs/api/deleteAPIKey/",
    "key permissions": "/docs/authentication/#key-permissions",
    "read-only": "/docs/authentication/#oauth-scopes",
    "expiry": "/docs/api-keys/#expiry",
    "expires": "/docs/api-keys/#expiry",
    "rotate": "/docs/rotation/",
    "rotation": "/docs/rotation/",
    "rotating": "/docs/rotation/",
    "downtime": "/docs/rotation/",
    "grace": "/docs/rotation/#how-long-the-old-one-lives",
    "disable": "/docs/api/disableAPIKey/",
    "usage": "/docs/api/getAPIKeyUsage/",
    "Craft-Key-Ends": "/docs/api-keys/#key-ends",
    "leak": "/docs/after-a-leak/",
    "leaked": "/docs/after-a-leak/",
    "oauth": "/docs/oauth/",
    "web app": "/docs/oauth-web/",
    "native": "/docs/oauth-native/",
    "single-page": "/docs/oauth-native/",
    "pkce": "/docs/authentication/#pkce",
    "scopes": "/docs/authentication/#oauth-scopes",
    "refresh token": "/docs/authentication/#4-refresh-token",
    "revoke token": "/docs/api/revokeOAuthToken/",
    "introspect": "/docs/api/introspectOAuthToken/",
    "library": "/docs/oauth-web/#with-a-library",
    "session": "/docs/sessions/",
    "csrf": "/docs/sessions/",
    "cookie": "/docs/sessions/#who-may-use-the-cookie",
    "upload": "/docs/files/#write-a-file",
    "uploads": "/docs/quick-start/#page",
    "upload a file": "/docs/api/putFile/",
    "write a file": "/docs/api/putFile/",
    "files": "/docs/files/",
    "deploy": "/docs/files/#deploy",
    "deployments": "/docs/files/",
    "If-Match": "/docs/files/#conditions",
    "pagination": "/docs/pagination/",
    "hasMore": "/docs/pagination/#read-all-of-it",
    "list projects": "/docs/api/listProjects/",
    "create project": "/docs/api/createProject/",
    "errors": "/docs/errors/",
    "401": "/docs/errors/#UNAUTHORIZED",
    "404": "/docs/errors/#NOT_FOUND",
    "429": "/docs/errors/#RATE_LIMIT_EXCEEDED",
    "INVALID_REQUEST": "/docs/errors/#INVALID_REQUEST",
    "retry": "/docs/errors/#retries",
    "rate limit": "/docs/rate-limits/",
    "limits": "/docs/rate-limits/",
    "webhook": "/docs/webhooks/",
    "changelog": "/docs/changelog/",
    "activity": "/docs/api/listActivity/",
    "connected apps": "/docs/api/listConnectedApps/",
    "me": "/docs/api/getMe/",
}


@pytest.mark.parametrize("query", OBVIOUS)
def test_an_obvious_word_finds_its_page_among_the_first_three(query: str) -> None:
    assert OBVIOUS[query] in [each.url for each in find(query)[:3]]


def test_the_list_of_obvious_words_is_long_enough() -> None:
    assert len(OBVIOUS) >= 50


@pytest.mark.parametrize("query", ["", " ", "…", "xyzzy", "rotate xyzzy", "\0", "e" * 200])
def test_what_is_not_there_is_not_found(query: str) -> None:
    assert [each.title for each in find(query)] == []


@pytest.mark.parametrize("query", ["ro", "rot", "rota", "rotat", "rotati", "rotatio", "rotation"])
def test_a_word_is_found_at_each_letter_of_it(query: str) -> None:
    assert "/docs/rotation/" in [each.url for each in find(query)[:3]]


def test_forms_of_a_word_are_one() -> None:
    assert {stem(word) for word in ("rotate", "rotates", "rotating", "rotation", "rotations")} == {"rot"}
    assert stem("me") == "me"


def test_what_was_sought_is_marked_where_it_stands(client: Client) -> None:
    page = client.get("/docs/search/", {"q": "rotating keys"}).content.decode()
    assert "<mark>" in page.split('<ol class="results"')[1]
    assert (
        marked("Rotate <keys>, not cats", "rotating key")
        == "<mark>Rotate</mark> &lt;<mark>keys</mark>&gt;, not cats"
    )
    assert marked("No word", "") == "No word"


def test_a_search_without_script_is_a_page(client: Client) -> None:
    page = client.get("/docs/search/", {"q": "rotate"}).content.decode()
    assert "for “rotate”" in page
    assert page.index('<ol class="results"') < page.index(
        'href="/docs/rotation/"', page.index('<ol class="results"')
    )
    assert 'value="rotate"' in page


@cases("query", ["<script>alert(1)</script>", "\0", "a" * 5000, "é\u202e"])
def test_odd_queries_are_answered_and_shown_as_text(client: Client, query: str) -> None:
    response = client.get("/docs/search/", {"q": query})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_index_for_the_browser_is_small_and_has_it_all(client: Client) -> None:
    response = client.get("/docs/search.json", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 60_000
    assert client.get("/docs/search.json").json() == index().as_json()
