"""The public page's session tokens in a real browser over HTTPS: from the web origin, and from no other.

The web host and the API host are two names below one domain, so the browser sends the cookie also for pages
of a sibling name or of another port. What keeps those out is proven here, each with its control: the same
page calls the API with a key of its own without trouble.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests import browser as chromium
from tests.e2e.secure import FLAGS, LIMIT, SecureServer, make_certificate, serving_securely, somebody_else
from tests.fixtures import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server]
PERSON = {"email": "alice@example.com", "name": "Alice Owner"}
JSON = {"Content-Type": "application/json"}
CSRF = "CSRF check failed. Send the csrftoken cookie's value as X-CSRFToken, from the web origin"


@dataclass
class Site:
    """A running Craft, a browser that is signed in to it, and the ports of somebody else's pages."""

    server: SecureServer
    context: BrowserContext
    key: str
    https: int
    http: int

    def state(self) -> tuple[str, list[str]]:
        """What a call could change: Alice's name, and the names of her projects."""
        projects = self.server.read("/v1/projects?sort=createdAt&order=asc&limit=100", self.key)
        return self.server.read("/v1/me", self.key)["name"], [each["name"] for each in projects]


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("secure")
    launch = {**browser_type_launch_args, "args": [*chromium.FLAGS, *FLAGS]}
    other = folder / "other"
    other.mkdir()
    with (
        serving_securely(folder, PASSWORD) as server,
        somebody_else(make_certificate(other)) as https,
        somebody_else(None) as http,
    ):
        key = server.manage(
            "create_api_key", "alice@example.com", "--name", "Control", "--permission", "read-only"
        )
        running = browser_type.launch(**launch)
        context = running.new_context(ignore_https_errors=True)
        sign_in(context, server.web)
        yield Site(server, context, key, https, http)
        running.close()


def sign_in(context: BrowserContext, web: str) -> None:
    page = context.new_page()
    page.goto(f"{web}/login/")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Account menu")).to_be_attached()
    page.close()


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """A signed-in page of the web host whose browser has nothing to complain of but refused calls."""
    page = site.context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{site.server.web}/docs/authentication/")
    yield page
    page.close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def call(page: Page, url: str, **options: Any) -> dict[str, Any]:
    """What a page's script sees of a fetch: status, type and body, or the name of the error."""
    seen: dict[str, Any] = page.evaluate(
        """async ([url, options]) => {
          try {
            const response = await fetch(url, options);
            return { status: response.status, type: response.type, body: await response.text() };
          } catch (error) {
            return { error: error.name };
          }
        }""",
        [url, options],
    )
    return seen


def example(page: Page, beginning: str) -> str:
    """The example on the page that begins so."""
    return str(page.locator("pre code").filter(has_text=beginning).first.inner_text())


# --- The web origin


def test_the_public_pages_own_example_gets_the_data(page: Page, site: Site) -> None:
    code = example(page, "// Browser fetch with credentials")
    assert f'fetch("{site.server.api}/v1/me"' in code
    answer = page.evaluate(f"async () => {{ {code}\nreturn response.json(); }}")
    assert {name: answer["data"][name] for name in PERSON} == PERSON


def test_the_example_that_changes_something_works_with_the_token_of_the_cookie(
    page: Page, site: Site
) -> None:
    name, before = site.state()
    code = example(page, "const token = document.cookie")
    assert page.evaluate(f"async () => {{ {code}\nreturn response.status; }}") == 201
    assert site.state() == (name, [*before, "Spring catalogue"])


def test_the_page_reads_the_headers_of_the_answer(page: Page, site: Site) -> None:
    headers = page.evaluate(
        """async (url) => {
          const { headers } = await fetch(url, { credentials: "include" });
          return ["X-Request-ID", "X-RateLimit-Limit"].map((name) => headers.get(name));
        }""",
        f"{site.server.api}/v1/me",
    )
    assert len(headers[0]) == 32
    assert headers[1] == str(LIMIT)


def test_the_cookies_are_shared_with_the_api_host_over_https_only(site: Site) -> None:
    cookies = {each["name"]: each for each in site.context.cookies(site.server.api)}
    for name, script_reads_it in (("sessionid", False), ("csrftoken", True)):
        cookie = cookies[name]
        assert cookie["domain"] == ".craft.test"
        assert cookie["secure"] is True
        assert cookie["sameSite"] == "Lax"
        assert cookie["httpOnly"] is not script_reads_it
    assert site.context.cookies(f"http://craft.test:{site.http}") == []
    assert site.context.cookies(site.server.environ["PREVIEW_URL"]) == []


def test_without_credentials_the_cookie_stays_at_home(page: Page, site: Site) -> None:
    assert call(page, f"{site.server.api}/v1/me", credentials="omit")["status"] == 401
    assert call(page, f"{site.server.api}/v1/me")["status"] == 401  # same-origin is the default


UNSAFE = [
    ("POST", "/v1/projects", '{"name": "evil"}'),
    ("PATCH", "/v1/me", '{"name": "evil"}'),
    ("DELETE", "/v1/auth", None),
]


@pytest.mark.parametrize(("method", "path", "body"), UNSAFE)
@pytest.mark.parametrize("token", [None, pytest.param("", marks=pytest.mark.variant), "x" * 64])
def test_no_change_without_the_token(
    page: Page, site: Site, method: str, path: str, body: str | None, token: str | None
) -> None:
    before = site.state()
    headers = {**(JSON if body else {}), **({} if token is None else {"X-CSRFToken": token})}
    options = {
        "method": method,
        "credentials": "include",
        "headers": headers,
        **({"body": body} if body else {}),
    }
    seen = call(page, f"{site.server.api}{path}", **options)
    assert seen["status"] == 403
    assert CSRF in seen["body"]
    assert site.state() == before
    assert call(page, f"{site.server.api}/v1/me", credentials="include")["status"] == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_a_form_could_send_changes_nothing(page: Page, site: Site, content_type: str) -> None:
    before = site.state()
    token = page.evaluate(r"document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)[1]")
    for headers, status in (({}, 403), ({"X-CSRFToken": token}, 415)):
        seen = call(
            page,
            f"{site.server.api}/v1/projects",
            method="POST",
            credentials="include",
            headers={"Content-Type": content_type, **headers},
            body='{"name": "evil"}',
        )
        assert seen["status"] == status
    assert site.state() == before


# --- Other origins. {https} and {http} are the ports of somebody else's pages.
SAME_SITE = {  # the browser sends the cookie along
    "a sibling of the API host": "https://evil.craft.test:{https}/",
    "a name below the API host": "https://x.api.craft.test:{https}/",
    "another port of the web host": "https://craft.test:{https}/",
    "another port of the API host": "https://api.craft.test:{https}/",
}
CROSS_SITE = {
    "another domain": "https://evil.test:{https}/",
    "a name that begins like it": "https://craft.test.evil.test:{https}/",
    "a name that ends like it": "https://xcraft.test:{https}/",
    "the web host over plain http": "http://craft.test:{http}/",
    "the preview domain": "https://site.craft-preview.test:{https}/",
    "no origin: a data URL": "data:text/html,<!doctype html><title>x</title>",
    "no origin: a sandboxed frame": "sandbox",
}
# Craft compares whole origins (tests/api/test_session.py): what these ask of it, the others ask too.
VARIANTS = {
    "a name below the API host",
    "another port of the web host",
    "a name that begins like it",
    "a name that ends like it",
    "the web host over plain http",
    "no origin: a data URL",
}
OTHERS = [
    pytest.param(address, id=name, marks=[pytest.mark.variant] if name in VARIANTS else [])
    for name, address in {**SAME_SITE, **CROSS_SITE}.items()
]


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest, site: Site) -> Iterator[Any]:
    """A page of another origin, or a frame without one, in the signed-in browser."""
    page = site.context.new_page()
    if request.param == "sandbox":
        page.goto(f"https://evil.test:{site.https}/")
        page.evaluate(
            """() => new Promise((resolve) => {
              const frame = document.createElement("iframe");
              frame.sandbox = "allow-scripts allow-forms";
              frame.srcdoc = "<title>x</title>";
              frame.onload = resolve;
              document.body.append(frame);
            })"""
        )
        yield page.frames[1]
    else:
        page.goto(request.param.format(https=site.https, http=site.http))
        yield page
    page.close()


def test_another_origin_reads_nothing_and_changes_nothing(other: Any, site: Site) -> None:
    api, before = site.server.api, site.state()

    # The control: with a key of its own, the page may call.
    bearer = {"Authorization": f"Bearer {site.key}"}
    assert call(other, f"{api}/v1/me", headers=bearer)["status"] == 200

    # It is told nothing of who is signed in, whether it asks for the answer or not.
    assert call(other, f"{api}/v1/me", credentials="include") == {"error": "TypeError"}
    opaque = call(other, f"{api}/v1/me", credentials="include", mode="no-cors")
    assert opaque == {"status": 0, "type": "opaque", "body": ""}
    assert call(other, f"{api}/v1/me", credentials="omit")["status"] == 401
    assert call(other, f"{site.server.web}/settings/profile/", credentials="include") == {
        "error": "TypeError"
    }

    # It can neither send JSON nor a token; a text that is JSON is sent, and refused.
    token = site.context.cookies(site.server.web)
    stolen = next(each["value"] for each in token if each["name"] == "csrftoken")
    for headers in (JSON, {**JSON, "X-CSRFToken": stolen}, {"X-CSRFToken": stolen}):
        for method, path, body in UNSAFE:
            sent = {"method": method, "headers": headers, "credentials": "include"}
            sent |= {"body": body} if body else {}
            assert call(other, f"{api}{path}", **sent) == {"error": "TypeError"}, (method, path)
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        simple = {"method": "POST", "mode": "no-cors", "credentials": "include", "body": '{"name": "evil"}'}
        call(other, f"{api}/v1/projects", headers={"Content-Type": content_type}, **simple)
    assert site.state() == before


def test_a_form_of_another_origin_changes_nothing(
    other: Any, site: Site, request: pytest.FixtureRequest
) -> None:
    before = site.state()
    page: Page = getattr(other, "page", other)
    with page.expect_response(f"{site.server.api}/v1/projects") as answered:
        other.evaluate(
            """(url) => {
              const form = document.createElement("form");
              Object.assign(form, { method: "post", action: url, enctype: "text/plain" });
              const field = document.createElement("input");
              Object.assign(field, { name: '{"name": "evil", "description": "', value: '"}' });
              form.append(field);
              document.body.append(form);
              form.submit();
            }""",
            f"{site.server.api}/v1/projects",
        )
    has_cookie = any(name in request.node.callspec.id for name in SAME_SITE)
    assert answered.value.status == (403 if has_cookie else 401)
    assert site.state() == before


def test_the_names_of_others_do_not_hold_the_session(site: Site) -> None:
    for address in ("https://evil.test", "https://craft.test.evil.test", "https://xcraft.test"):
        assert site.context.cookies(address) == []
    page = site.context.new_page()
    page.goto(f"https://evil.craft.test:{site.https}/")
    assert "sessionid" not in page.evaluate("document.cookie")  # the browser holds it, no script reads it
    page.close()


def test_after_all_that_the_session_is_as_it_was(page: Page, site: Site) -> None:
    answer = call(page, f"{site.server.api}/v1/me", credentials="include")
    assert answer["status"] == 200
    assert '"Alice Owner"' in answer["body"]
    assert "evil" not in str(site.state())
