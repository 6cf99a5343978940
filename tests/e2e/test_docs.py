"""The documentation in a real browser: accessible, within the policy, to be copied from, on a phone too."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from api.projects.models import Project
from craft.docs.guides import ALL
from craft.docs.reference import operations
from craft.docs.search import find
from tests import sessions
from tests.craft.code_blocks import blocks
from tests.craft.test_docs_search import OBVIOUS
from tests.fixtures import PASSWORD
from tests.looks import LOOKS, WIDE, is_fit

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("", *(f"{name}/" for name in ALL))
# Of the guides, which one template makes: text with code, tables, and notes. The others are variants.
GUIDES = tuple(each for each in PAGES if each in ("", "authentication/", "rate-limits/", "rotation/"))
OTHER_GUIDES = tuple(each for each in PAGES if each not in GUIDES)
# A list, a body with many fields, headers and path, a long list of choices, and no envelope.
OPERATIONS = ("listProjects", "createAPIKey", "putFile", "listActivity", "createOAuthToken")


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/login/?next=/docs/")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The Craft API")).to_be_visible()


@pytest.mark.variant  # the same template as the guides that the walk takes
def test_every_other_guide_is_accessible_and_fits(quiet: Page, site: str) -> None:
    for path in OTHER_GUIDES:
        quiet.goto(f"{site}/docs/{path}")
        is_fit(quiet, WIDE, "light")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(
    quiet: Page, site: str, alice: User, width: int, scheme: str
) -> None:
    for path in (*GUIDES, *(f"api/{name}/" for name in OPERATIONS)):
        quiet.goto(f"{site}/docs/{path}")
        is_fit(quiet, width, scheme)
    sessions.sign_in(quiet.context, site, alice)
    for path in ("", "search/?q=rotate"):
        quiet.goto(f"{site}/docs/{path}")
        is_fit(quiet, width, scheme)


@pytest.mark.variant  # the walk has a page of each kind, test_docs the addresses
def test_no_page_is_wider_than_its_window_and_none_loads_anything_of_others(quiet: Page, site: str) -> None:
    requested: list[str] = []
    quiet.on("request", lambda request: requested.append(request.url))
    for name in operations():
        quiet.goto(f"{site}/docs/api/{name}/")
        for width in (390, 800):
            quiet.set_viewport_size({"width": width, "height": 844})
            assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, name)
    assert [url for url in requested if not url.startswith(f"{site}/")] == []


def test_the_code_in_view_is_what_the_copy_button_copies(quiet: Page, site: str) -> None:
    quiet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiet.clock.install()
    quiet.goto(f"{site}/docs/api/createProject/")
    copy, copy_answer = quiet.locator("[data-copy]").all()
    for language, beginning in (
        ("Python", "import os\n"),
        ("JavaScript", "const response"),
        ("curl", "curl -X"),
    ):
        quiet.get_by_text(language, exact=True).click()
        expect(quiet.get_by_label(language, exact=True).last).to_be_visible()
        copy.click()
        expect(copy).to_have_text("Copied")
        assert quiet.evaluate("navigator.clipboard.readText()").startswith(beginning)
        quiet.clock.run_for(3000)  # longer than it says so
        expect(copy).to_have_text("Copy")
    copy_answer.click()
    expect(copy_answer).to_have_text("Copied")
    answer = json.loads(quiet.evaluate("navigator.clipboard.readText()"))
    assert answer["data"]["name"] == "Spring catalogue"


def test_the_chosen_language_is_shown_on_the_next_page_and_all_over_this_one(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/api/createProject/")
    quiet.get_by_text("craft-sdk", exact=True).click()
    quiet.goto(f"{site}/docs/rotation/")
    for block in quiet.get_by_role("radiogroup", name="Example in").all():
        expect(block.get_by_label("craft-sdk")).to_be_checked()
    expect(quiet.get_by_text("craft.api_keys.rotate(")).to_be_visible()
    quiet.get_by_role("radiogroup").last.get_by_text("curl").click()
    expect(quiet.get_by_text("craft.api_keys.rotate(")).to_be_hidden()


def test_the_contents_mark_what_is_being_read(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/authentication/")
    contents = quiet.get_by_role("navigation", name="On this page")
    expect(contents.locator("[aria-current]")).to_have_text("API Keys")
    quiet.get_by_role("heading", name="Authentication Errors").evaluate("each => each.scrollIntoView()")
    expect(contents.locator("[aria-current]")).to_have_text("Authentication Errors")


@pytest.mark.parametrize(
    "name",
    ["authentication", pytest.param("sessions", marks=pytest.mark.variant)],  # the same two calls
)
def test_what_a_page_does_with_the_session_cookie_works_as_it_is_printed(
    quiet: Page, site: str, alice: User, name: str
) -> None:
    found = [code for _, code in blocks(f"/docs/{name}/") if 'credentials: "include"' in code]
    assert len(found) == 2
    sessions.sign_in(quiet.context, site, alice)
    quiet.goto(f"{site}/settings/")
    for code, status in zip(found, (200, 201), strict=True):
        assert quiet.evaluate(f"async () => {{ {code}\n return response.status; }}") == status
    assert Project.objects.get().name == "Spring catalogue"


def test_the_navigation_stays_while_a_long_page_is_read(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/authentication/")
    quiet.get_by_role("heading", name="Next Steps").scroll_into_view_if_needed()
    here = quiet.get_by_role("navigation", name="Documentation").locator('[aria-current="page"]')
    expect(here).to_be_in_viewport()


@pytest.mark.variant  # tests/craft/test_docs.py follows every link
def test_the_ways_through_the_documentation(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/")
    navigation = quiet.get_by_role("navigation", name="Documentation")
    navigation.get_by_role("link", name="Authentication").click()
    quiet.get_by_role("navigation", name="On this page").get_by_role("link", name="Session Tokens").click()
    expect(quiet.get_by_role("heading", name="Session Tokens")).to_be_in_viewport()
    navigation.get_by_text("Deployments", exact=True).click()
    navigation.get_by_role("link", name="Deploy", exact=False).filter(has_text="POST").click()
    expect(quiet.get_by_role("heading", name="Deploy", exact=True)).to_be_visible()
    quiet.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Docs").click()
    expect(quiet.get_by_role("heading", name="The Craft API")).to_be_visible()
    quiet.get_by_role("main").get_by_role("link", name="Read a file").click()
    expect(quiet.get_by_role("heading", name="Read a file")).to_be_visible()


@pytest.mark.variant  # tests/craft/test_docs.py follows every link
def test_the_header_leads_to_the_docs_and_back_to_signing_in(quiet: Page, site: str, alice: User) -> None:
    quiet.goto(f"{site}/docs/errors/")
    quiet.get_by_role("link", name="Sign in").click()
    expect(quiet.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(quiet, site)
    expect(quiet.get_by_role("link", name="Sign in")).to_have_count(0)
    quiet.goto(f"{site}/settings/")
    quiet.get_by_role("link", name="Docs").click()
    quiet.wait_for_url(re.compile("/docs/$"))
    expect(quiet.get_by_text("Account menu")).to_be_attached()


def test_on_a_phone_without_script_there_is_the_navigation_and_every_language(
    browser: Browser, site: str
) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{site}/docs/errors/")
    expect(page.locator(".docs-nav")).to_be_hidden()
    page.get_by_role("button", name="Docs Errors and retries").click()
    navigation = page.get_by_role("navigation", name="Documentation")
    navigation.get_by_text("Projects", exact=True).click()
    navigation.get_by_role("link", name="List projects").click()
    expect(page.get_by_role("heading", name="List projects")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_text("Python", exact=True).click()
    expect(page.get_by_text("import requests")).to_be_visible()
    page.close()


def test_a_search_is_answered_while_it_is_typed_and_reached_by_keys_alone(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/errors/")
    quiet.keyboard.press("/")
    field = quiet.get_by_role("searchbox", name="Search the docs")
    expect(field).to_be_focused()
    quiet.keyboard.type("rotat")
    found = quiet.locator("[data-suggestions] a")
    expect(found).to_have_count(6)
    urls = [each.get_attribute("href") for each in found.all()]
    assert urls == [each.url for each in find("rotat")[:6]]
    marks = quiet.locator("[data-suggestions] mark").all_text_contents()
    assert marks
    assert all(each.lower().startswith("rotat") for each in marks)
    quiet.keyboard.press("Escape")
    expect(found.first).to_be_hidden()
    quiet.keyboard.type("e")
    quiet.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    quiet.keyboard.press("Enter")
    quiet.wait_for_url(f"{site}{find('rotate')[0].url}")


def test_the_browser_finds_what_the_server_finds(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/docs/")
    found = quiet.evaluate(
        """async (queries) => {
            const { find } = await import("/static/js/docs-search.js");
            const index = await (await fetch("/docs/search.json")).json();
            return queries.map((query) => find(index, query).slice(0, 12).map((each) => each[1]));
        }""",
        [*OBVIOUS],
    )
    assert found == [[each.url for each in find(query)] for query in OBVIOUS]


@pytest.mark.variant  # tests/craft/test_docs_search.py has the page by a client
def test_a_search_without_script_is_a_form(browser: Browser, site: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{site}/docs/")
    page.get_by_role("searchbox", name="Search the docs").fill("csrf")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Sessions and CSRF").click()
    expect(page.get_by_role("heading", name="Sessions and CSRF")).to_be_visible()
    page.close()


def test_at_four_times_the_size_a_page_is_read_in_one_direction(quiet: Page, site: str) -> None:
    quiet.set_viewport_size({"width": 320, "height": 256})  # 1280 px at 400 % (WCAG 1.4.10)
    for path in (*GUIDES, "search/?q=rotate", *(f"api/{name}/" for name in OPERATIONS)):
        quiet.goto(f"{site}/docs/{path}")
        assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_in_forced_colours_what_is_chosen_has_a_mark(quiet: Page, site: str) -> None:
    quiet.emulate_media(forced_colors="active")
    quiet.goto(f"{site}/docs/rotation/")
    for chosen in ('.docs-nav [aria-current="page"]', ".toc [aria-current]", ".tab-list label:has(:checked)"):
        assert quiet.locator(chosen).first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
