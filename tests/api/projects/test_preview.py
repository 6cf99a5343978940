"""The preview host, as a browser asks it."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from api.projects.models import Project
from api.projects.preconditions import Preconditions
from api.projects.services.deployments import create_deployment, deployment_url
from api.projects.services.files import write_file
from api.projects.services.stored_objects import Source
from tests.cases import cases
from tests.fixtures import API, sign_in

PROJECT = "/v1/projects/proj_harbour"
LATIN = "caf\u00e9".encode("latin-1")
FILES = {
    "index.html": (b"<h1>home", "text/html; charset=utf-8"),
    "site.css": (b"a{}", "text/css"),
    "docs/index.html": (b"<h1>docs", "text/html"),
    "docs/latin.txt": (LATIN, "text/plain; charset=latin-1"),
    "file/index.html": (b"inner", "text/html"),
    "file": (b"outer", "text/plain"),
    "v1/me.json": (b"{}", "application/json"),
    "static/x.js": (b"1", "text/javascript"),
    "gr\u00f6\u00dfe/a b%41?.html": (b"odd", "text/html"),
}
pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def host(project: Project) -> str:
    """The host of a deployment of FILES."""
    for path, (content, kind) in FILES.items():
        write_file(project, path, Source.of(content), content_type=kind, preconditions=Preconditions())
    return deployment_url(create_deployment(project).label).removeprefix("http://").rstrip("/")


def get(host: str, path: str, method: str = "GET", **extra: Any) -> Any:
    if path.startswith("//"):  # which the test client would take for a host
        path, extra = "/", {**extra, "PATH_INFO": path}
    return read(Client().generic(method, path, HTTP_HOST=host, **extra))


def read(response: Any) -> Any:
    """The response with its content in `body`, taken to its end, which closes the file behind it."""
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    return response


@cases(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/site.css?v=2", "site.css"),
        ("/docs/", "docs/index.html"),
        ("/docs/latin.txt", "docs/latin.txt"),
        ("/file", "file"),
        ("/file/", "file/index.html"),
        ("/v1/me.json", "v1/me.json"),
        ("/static/x.js", "static/x.js"),
        ("/gr%C3%B6%C3%9Fe/a%20b%2541%3F.html", "gr\u00f6\u00dfe/a b%41?.html"),
    ],
)
def test_a_file_is_served_as_it_was_stored(host: str, path: str, name: str) -> None:
    response = get(host, path)
    assert response.status_code == 200
    assert (response.body, response["Content-Type"]) == FILES[name]
    assert response["Content-Length"] == str(len(FILES[name][0]))


def test_host_names_know_no_case_port_or_final_dot(host: str) -> None:
    label = host.partition(".")[0]
    for name in (host.upper(), f"{label}.preview.localhost", f"{label}.preview.localhost.:8000"):
        assert get(name, "/site.css").body == b"a{}"


def test_a_folder_without_its_slash_leads_to_it(host: str) -> None:
    response = get(host, "/docs?a=b")
    assert (response.status_code, response["Location"]) == (308, "/docs/?a=b")


@pytest.mark.matrix
@cases(
    "path",
    [
        *("/nothing", "/docs/nothing", "/nothing/", "/site.css/", "/Index.html", "//site.css", "/./site.css"),
        *("//evil.example/", "//evil.example", "/docs/../site.css", "/%2e%2e/site.css", "/docs%5Clatin.txt"),
        *("/%00", "/%ff", "/login/", "/settings/", "/admin/", "/v1/projects", "/static/css/base.css"),
        *("/.well-known/oauth-authorization-server", "/" + "x" * 1025),
    ],
)
def test_anything_else_is_404_with_a_page_of_ours(host: str, path: str) -> None:
    response = get(host, path)
    assert response.status_code == 404
    assert b"<title>Nothing is published here</title>" in response.body
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^ ;]{44}'; frame-ancestors 'none'",
        response["Content-Security-Policy"],
    )
    assert "Set-Cookie" not in response


@pytest.mark.matrix
@cases(
    "name",
    ["preview.localhost", "nothing.preview.localhost", "a.b.preview.localhost", "x--y.preview.localhost"],
)
@cases("path", ["/", "/v1/me", "/login/"])
def test_a_label_that_no_deployment_has_is_404(host: str, name: str, path: str) -> None:
    response = get(name, path)
    assert response.status_code == 404
    assert b"Nothing is published here" in response.body
    label = host.partition(".")[0]
    assert get(f"x.{label}.preview.localhost", path).status_code == 404


def test_a_deployment_may_bring_its_own_404_page(api: API, key: str, host: str) -> None:
    api("PUT", f"{PROJECT}/files/404.html", key, data=b"<h1>lost", content_type="text/html")
    url = api("POST", f"{PROJECT}/deployments", key).json()["data"]["url"]
    response = get(url.removeprefix("http://").rstrip("/"), "/a/b")
    assert (response.status_code, response.body) == (404, b"<h1>lost")
    assert response["Content-Type"] == "text/html"
    assert get(host, "/a/b").body != b"<h1>lost"


def test_a_browser_keeps_a_page_and_asks_whether_it_is_still_there(host: str) -> None:
    response = get(host, "/")
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = get(host, "/", HTTP_IF_NONE_MATCH=response["ETag"])
    assert (again.status_code, again.body, again["ETag"]) == (304, b"", response["ETag"])
    assert get(host, "/site.css", HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 200


def test_every_answer_keeps_to_itself(host: str) -> None:
    for path in ("/", "/docs", "/nothing"):
        response = get(host, path)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Origin-Agent-Cluster"] == "?1"
        assert "Access-Control-Allow-Origin" not in response
        assert "Access-Control-Allow-Credentials" not in response


def test_a_published_page_has_no_policy_of_ours(host: str) -> None:
    for name in ("Content-Security-Policy", "Permissions-Policy", "X-Frame-Options"):
        assert name not in get(host, "/")


def test_head_gives_what_get_does_without_the_content(host: str) -> None:
    head = get(host, "/", "HEAD")
    assert (head.status_code, head.body, head["Content-Length"]) == (200, b"", "8")
    assert get(host, "/nothing", "HEAD").status_code == 404


@cases("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_sent_there(host: str, method: str) -> None:
    response = get(host, "/", method)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_no_cookie_is_read_or_set_there(host: str, alice: User) -> None:
    browser = sign_in(alice)
    known = read(browser.get("/", HTTP_HOST=host))
    stranger = get(host, "/")
    assert known.body == stranger.body
    assert not known.cookies
    assert "Cookie" not in known.get("Vary", "")


@pytest.mark.matrix  # what it costs
def test_it_costs_one_query_and_a_credential_is_not_looked_at(
    host: str, key: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert get(host, "/", HTTP_AUTHORIZATION="Bearer nonsense").status_code == 200


def test_no_call_there_counts(host: str, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": (1,)}
    for _ in range(3):
        response = get(host, "/nothing")
        assert response.status_code == 404
        assert "X-RateLimit-Limit" not in response


@pytest.mark.matrix  # what is rare
def test_over_https_only_this_very_host_is_bound_to_it(host: str, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 63072000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    assert get(host, "/", **{"wsgi.url_scheme": "https"})["Strict-Transport-Security"] == "max-age=63072000"
    assert "Strict-Transport-Security" not in get(host, "/")
