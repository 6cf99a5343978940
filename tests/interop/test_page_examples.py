"""The JavaScript of the public page runs as it is printed there, but for the names of Craft's two hosts."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.interop import examples
from tests.interop.npm import Run
from tests.interop.person import COOKIE, Person
from tests.interop.server import EMAIL, PASSWORD, Craft

pytestmark = pytest.mark.server


def test_the_steps_of_the_oauth_flow_work_one_after_the_other(
    craft: Craft, person: Person, run_node: Run
) -> None:
    app = craft.new_app("confidential")
    environment = {"CLIENT_ID": app.client_id, "CLIENT_SECRET": app.client_secret}

    def step(heading: str, makes: list[str], **given: str) -> dict[str, Any]:
        code = examples.javascript(heading, craft.url)
        task = {"code": code, "makes": makes, "given": given, "environment": environment}
        return run_node("page.mjs", task, person.answer)

    link = examples.address("Redirect User to Authorize", craft.url)
    callback = person.answer(link.replace("YOUR_CLIENT_ID", app.client_id), "allow")
    assert callback.startswith("https://yourapp.com/callback?")

    tokens = ["access_token", "refresh_token", "expires_in"]
    first = step("Handle Callback", tokens, query=urlsplit(callback).query)
    assert (first["status"], first["expires_in"]) == (200, 3600)

    projects = step("Use Access Token", [], access_token=first["access_token"])
    assert (projects["status"], projects["body"]["data"]) == (200, [])

    second = step("Refresh Token", [], refresh_token=first["refresh_token"])
    assert (second["status"], second["body"]["scope"]) == (200, "read write")
    assert craft.status(second["body"]["access_token"]) == 200
    assert craft.status(first["access_token"]) == 401


def test_the_example_with_an_api_key_works(craft: Craft, person: Person, run_node: Run) -> None:
    key = craft.manage("create_api_key", EMAIL, "--name", "The page", "--permission", "read-only")
    code = examples.javascript("JavaScript Example", craft.url)
    task = {"code": code, "makes": [], "given": {}, "environment": {"CRAFT_API_KEY": key}}

    answer = run_node("page.mjs", task, person.answer)

    assert (answer["status"], answer["body"]["data"]) == (200, [])


@pytest.mark.variant  # tests/e2e/test_session_across_hosts.py has the same example
def test_the_example_for_a_page_with_the_session_cookie_works(craft: Craft, page: Page) -> None:
    if cookie := Person.known.get((craft.url, EMAIL)):  # else this is the account's first browser
        page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": craft.url}])
    page.goto(f"{craft.url}/login/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{craft.url}/settings/**")
    cookies = {str(each["name"]): str(each["value"]) for each in page.context.cookies()}
    Person.known[craft.url, EMAIL] = cookies[COOKIE]  # for who comes after it
    code = examples.javascript("Session Flow", craft.url)

    status, body = page.evaluate(
        f"async () => {{ {code}\n return [response.status, await response.json()]; }}"
    )

    assert (status, body) == (200, {"success": True, "data": craft.me})
