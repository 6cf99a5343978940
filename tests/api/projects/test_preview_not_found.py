"""A deployment's own 404 page: 404 for whoever asks, however often."""

from typing import Any

import pytest
from django.test import Client

from tests.cases import cases
from tests.fixtures import API

PROJECT = "/v1/projects/proj_harbour"
FILES = {"index.html": b"<h1>home", "404.html": b"<h1>lost", "docs/index.html": b"<h1>docs"}


@pytest.fixture
def host(api: API, key: str, project: object) -> str:
    """The host of a deployment of FILES."""
    for path, content in FILES.items():
        assert (
            api("PUT", f"{PROJECT}/files/{path}", key, data=content, content_type="text/html").status_code
            == 201
        )
    url: str = api("POST", f"{PROJECT}/deployments", key).json()["data"]["url"]
    return url.removeprefix("http://").rstrip("/")


def get(host: str, path: str, **extra: Any) -> tuple[int, bytes, str | None]:
    """(status, content, ETag)."""
    response: Any = Client().get(path, HTTP_HOST=host, **extra)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, content, response.get("ETag")


@cases("path", ["/nothing", "/nothing/", "/docs/nothing", "/docs/nothing/", "/404"])
def test_whatever_is_not_there_gives_it_with_404(host: str, path: str) -> None:
    status, content, tag = get(host, path)
    assert (status, content) == (404, b"<h1>lost")
    assert tag == get(host, "/404.html")[2]


@pytest.mark.matrix  # what is rare
def test_who_has_it_already_is_told_404_again_and_not_that_nothing_changed(host: str) -> None:
    status, content, tag = get(host, "/nothing")
    for known in (tag, "*", f'"other", {tag}'):
        assert get(host, "/nothing", HTTP_IF_NONE_MATCH=known) == (status, content, tag)


def test_under_its_own_name_it_is_a_file_as_any_other(host: str) -> None:
    status, content, tag = get(host, "/404.html")
    assert (status, content) == (200, b"<h1>lost")
    assert get(host, "/404.html", HTTP_IF_NONE_MATCH=tag) == (304, b"", tag)


def test_a_folder_leads_to_its_page_and_not_to_404(host: str) -> None:
    response: Any = Client().get("/docs", HTTP_HOST=host)
    assert (response.status_code, response["Location"]) == (308, "/docs/")
    assert get(host, "/docs/")[:2] == (200, b"<h1>docs")
    assert get(host, "/docs/index.html/")[:2] == (404, b"<h1>lost")
