"""What each page of the documentation has: name, address, ways to its parts, little weight, Markdown."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from craft.docs.guides import ALL, here
from craft.docs.markdown import read
from craft.docs.reference import operations
from tests.cases import cases
from tests.craft.test_docs import PAGES
from tests.weights import MOST, weight_of

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_title_says_the_page_and_that_it_is_of_the_docs(client: Client) -> None:
    titles = [re.findall("<title>(.*)</title>", html_of(client, path))[0] for path in PAGES]
    assert "Overview · Craft docs" in titles
    assert "Rate limits · Craft docs" in titles
    assert len(set(titles)) == len(PAGES)


def test_each_page_says_its_own_address_whatever_it_was_asked_by(client: Client, settings: Settings) -> None:
    settings.WEB_URL = "https://web.example"
    for path in PAGES:
        assert f'<link rel="canonical" href="https://web.example{path}">' in html_of(client, f"{path}?a=b")


def test_each_heading_below_the_title_has_a_visible_link(client: Client) -> None:
    for path in PAGES:
        if path == "/docs/":
            continue
        page = html_of(client, path)
        article = page[page.index("<article") : page.index("</article>")]
        for name, inside in re.findall(r'<h[2-4](?: id="([^"]*)")?>(.*?)</h[2-4]>', article, re.DOTALL):
            assert f'<a class="anchor" href="#{name}" aria-label="Link to ' in inside, (path, inside)


def test_a_long_page_lists_its_headings_and_a_short_one_does_not(client: Client) -> None:
    page = html_of(client, "/docs/authentication/")
    contents = page[page.index("data-contents") : page.index("<article")]
    assert re.findall(r"href=\"#([^\"]+)\"", contents)[:3] == ["api-keys", "using-api-keys", "oauth"]
    assert "data-contents" not in html_of(client, "/docs/api/getMe/")


def test_each_page_leads_to_the_one_before_and_after_it(client: Client) -> None:
    path, seen = "/docs/", list[str]()
    while path:
        seen.append(path)
        found = re.findall(r'href="([^"]+)" rel="next"', html_of(client, path))
        path = found[0] if found else ""
    assert sorted(seen) == sorted(PAGES)


def test_a_page_with_all_that_it_loads_weighs_little(client: Client) -> None:
    for path in PAGES:
        assert weight_of(client, path) < MOST, path


@cases("path", ["/docs/", "/docs/errors/", "/docs/api/getMe/", "/llms.txt", "/docs/errors.md"])
def test_what_repeats_nothing_of_a_request_is_compressed_and_a_search_is_not(
    client: Client, path: str
) -> None:
    asked = {"Accept-Encoding": "gzip"}
    assert client.get(path, headers=asked)["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/docs/search/?q=key", headers=asked)
    assert "Content-Encoding" not in client.get("/login/", headers=asked)


# --- For programs
def test_each_page_is_also_markdown_and_says_where(client: Client) -> None:
    for path in PAGES:
        address = re.findall(r'type="text/markdown" href="([^"]+)"', html_of(client, path))[0]
        response = client.get(address)
        text = response.content.decode()
        assert response["Content-Type"] == "text/markdown; charset=utf-8"
        assert text.startswith("# "), address
        assert "{%" not in text, address
        assert "&#" not in text, address


def test_the_markdown_of_an_operation_says_all_that_its_page_says(client: Client) -> None:
    for operation in operations().values():
        text = html_of(client, f"/docs/api/{operation.id}.md")
        page = unescape(re.sub("<[^>]*>", "", html_of(client, f"/docs/api/{operation.id}/")))
        for _, code in operation.calls:
            assert code in text
            assert code in page
        for _, lines in operation.groups:
            for line in lines:
                assert f"`{line.name}`" in text
                assert line.text.replace("`", "") in page


@pytest.mark.parametrize("path", ["/llms.txt", "/docs/index.md"])
def test_a_program_finds_every_page_in_a_list_of_them(client: Client, path: str) -> None:
    listed = [urlsplit(each).path for each in re.findall(r"\]\((\S+)\)", html_of(client, path))]
    assert sorted(listed) == sorted(f"{each.rstrip('/')}.md" for each in PAGES if each != "/docs/")
    for address in listed:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("path", ["/docs/nothing.md", "/docs/api/nothing.md", "/docs/../README.md"])
def test_there_is_no_markdown_of_other_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_robots_read_the_docs_and_nothing_of_people(client: Client) -> None:
    lines = b"".join(client.get("/robots.txt")).decode().splitlines()
    assert lines[-1] == "Disallow: /"
    assert "Allow: /docs/" in lines


def test_who_asks_for_the_icon_at_the_old_address_gets_it(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, b"".join(response)[:4]) == (200, b"\0\0\1\0")


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/v1/me", "get", "UNAUTHORIZED"),
        ("/v1/nothing", "get", "NOT_FOUND"),
        ("/v1/me", "put", "UNAUTHORIZED"),
    ],
)
def test_an_error_leads_to_its_line_in_the_docs(client: Client, path: str, method: str, code: str) -> None:
    response = getattr(client, method)(path)
    assert response.json()["error"]["code"] == code
    help_of = f'<http://localhost:8000/docs/errors/#{code}>; rel="help"'
    assert response["Link"] == f'{help_of}, </v1/openapi.json>; rel="service-desc"'


def test_an_error_of_oauth_leads_to_the_errors_of_oauth(client: Client) -> None:
    response = client.post("/v1/oauth/token", {"grant_type": "password"})
    assert response.json()["error"]
    assert response["Link"].startswith('<http://localhost:8000/docs/oauth/#errors>; rel="help", ')


def test_every_answer_leads_to_the_document_of_the_api(alice_browser: Client) -> None:
    response = alice_browser.get("/v1/me")
    assert (response.status_code, response["Link"]) == (200, '</v1/openapi.json>; rel="service-desc"')


# --- Markdown
def test_markdown_of_a_guide_becomes_the_parts_of_a_page() -> None:
    guide = read(
        "# A <title>\n\nSaid `first`.\n\n## One & `two`\n\nWords.\n\n## One & two\n\n## Last {#own}\n\n"
        "```sh curl\na < b\n```\n\n```python\nc\n```\n\n```json Answer | 200\n{}\n```\n\n"
        "| a | b |\n| --- | --- |\n| 1 | <script> |\n\n[x](errors.md#retries) [y](api/getMe.md) [z](https://a.example/b.md)\n"
    )
    assert (guide.title, guide.summary) == ("A <title>", "Said `first`.")
    assert [(each.id, each.title) for each in guide.contents] == [
        ("one-two", "One & two"),
        ("one-two-2", "One & two"),
        ("own", "Last"),
    ]
    assert [each.text for each in guide.sections[:2]] == ["Said first.", "Words."]
    assert "{#own}" not in guide.html
    assert guide.html.count('role="radiogroup"') == 1
    assert "a &lt; b" in guide.html
    assert "<script>" not in guide.html
    assert '<td role="cell" data-label="b" class="wide">' in guide.html
    for address in ("/docs/errors/#retries", "/docs/api/getMe/", "https://a.example/b.md"):
        assert f'href="{address}"' in guide.html


def test_hosts_are_this_installations(settings: Settings) -> None:
    settings.WEB_URL, settings.API_URL = "https://w.example", "https://api.w.example"
    assert (
        here("https://craft.fast/a https://api.craft.fast/v1")
        == "https://w.example/a https://api.w.example/v1"
    )


def test_every_guide_in_the_folder_is_in_the_navigation() -> None:
    folder = Path(__file__).parents[2] / "templates" / "docs" / "guides"
    assert {each.stem for each in folder.iterdir()} == set(ALL)
