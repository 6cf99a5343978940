"""A published page in a real browser that is signed in to Craft: it gets nothing of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.api.projects.serving import EMAIL, PASSWORD, Site, serving_files
from tests.looks import PHONE, is_fit

pytestmark = pytest.mark.server

# What a page of bad will tries. Each line of `tries` ends as a value in the page's title.
EVIL = """<!doctype html><meta charset="utf-8"><title>…</title><body><script type="module">
const craft = "%(craft)s";
const plant = (cookie) => { document.cookie = cookie; return document.cookie; };
const tries = {
  cookies: () => document.cookie,
  plantsForCraft: () => plant("sessionid=evil; Domain=localhost; Path=/"),
  plantsWithDot: () => plant("csrftoken=evil; Domain=.localhost; Path=/"),
  plantsForHost: () => plant(`csrftoken=evil; Domain=${new URL(craft).hostname}; Path=/settings/`),
  callsWithCookie: async () => (await fetch(`${craft}/v1/me`, { credentials: "include" })).text(),
  callsAndChanges: async () => (await fetch(`${craft}/v1/projects`, {
    method: "POST", credentials: "include", headers: { "Content-Type": "application/json" },
    body: '{"name": "evil"}' })).text(),
  callsSimply: async () => {
    const response = await fetch(`${craft}/v1/projects`, {
      method: "POST", mode: "no-cors", credentials: "include", body: '{"name": "evil"}' });
    return response.type;
  },
  callsWithout: async () => (await fetch(`${craft}/v1/me`)).status,
  readsPage: async () => (await fetch(`${craft}/settings/`, { credentials: "include" })).text(),
  frames: () => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
      try { resolve(frame.contentDocument ? frame.contentDocument.body.innerText : "no document"); }
      catch (error) { resolve(error.name); }
    };
    frame.src = `${craft}/settings/`;
    document.body.append(frame);
  }),
  opens: () => new Promise((resolve) => {
    const other = open(`${craft}/settings/`);
    setTimeout(() => {
      try { resolve(other ? other.closed ? "severed" : other.document.title : "blocked"); }
      catch (error) { resolve(error.name); }
    }, 1500);
  }),
  lowersDomain: () => { document.domain = "preview.localhost"; return document.domain; },
};
const found = {};
for (const [name, attempt] of Object.entries(tries)) {
  try { found[name] = await attempt(); } catch (error) { found[name] = error.name; }
}
document.title = JSON.stringify(found);
</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving_files(tmp_path_factory.mktemp("site")) as running:
        yield running


def publish(site: Site, **files: str) -> str:
    """Publish files, `a__b` standing for a.b; return the address."""
    for name, content in files.items():
        path = f"{site.project}/files/{name.replace('__', '.')}"
        assert site.server.call("PUT", path, site.key, json_body={"content": content})[0] in (200, 201)
    status, answer = site.server.call("POST", f"{site.project}/deployments", site.key)
    assert status == 201
    url: str = json.loads(answer)["data"]["url"]
    return url


def sign_in(page: Page, site: Site) -> dict[str, str]:
    """Sign Alice in, in the first browser that her account sees; return the cookies that Craft has set."""
    craft = f"http://localhost:{site.server.port}"
    site.server.ask("from accounts.models import User\nanswer = User.objects.update(last_login=None)")
    page.goto(f"{craft}/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/settings/$"))
    return cookies_of(page.context, craft)


def cookies_of(context: BrowserContext, *urls: str) -> dict[str, str]:
    return {str(cookie["name"]): str(cookie["value"]) for cookie in context.cookies(list(urls))}


def tried(page: Page, url: str) -> dict[str, Any]:
    """What the page of bad will found."""
    page.goto(url)
    page.wait_for_function("document.title.startsWith('{')")
    found: dict[str, Any] = json.loads(page.title())
    return found


def test_a_published_page_gets_nothing_of_craft(page: Page, site: Site) -> None:
    craft = f"http://localhost:{site.server.port}"
    url = publish(site, index__html=EVIL % {"craft": craft})
    before = sign_in(page, site)
    assert {"sessionid", "csrftoken"} <= before.keys()
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.all_headers()) if "/v1/" in request.url else None)

    found = tried(page, url)

    # It reads no cookie, and plants none.
    assert {found[name] for name in ("cookies", "plantsForCraft", "plantsWithDot", "plantsForHost")} == {""}
    # With the cookie it may not call, without it is a stranger like any program.
    assert {found[name] for name in ("callsWithCookie", "callsAndChanges", "readsPage")} == {"TypeError"}
    assert found["callsSimply"] == "opaque"
    assert found["callsWithout"] == 401
    # It frames no page of Craft, and holds no handle on one that it opens.
    assert found["frames"] == "no document"
    assert {frame.url for frame in page.frames} == {url, "chrome-error://chromewebdata/"}
    assert found["opens"] == "severed"
    assert f"//{found['lowersDomain']}:" in url
    assert all("sessionid" not in headers.get("cookie", "") for headers in sent)
    # The person is still signed in, with the same cookies, and nothing was made in her name.
    assert {str(cookie["name"]): cookie["value"] for cookie in page.context.cookies()} == before
    assert json.loads(site.server.call("GET", "/v1/projects", site.key)[1])["pagination"]["total"] == 1
    page.goto(f"{craft}/settings/")
    assert page.url == f"{craft}/settings/"


def test_a_visitor_leaves_without_a_cookie(page: Page, site: Site) -> None:
    url = publish(site, index__html="<title>Home</title><link rel=stylesheet href=site.css>", site__css="a{}")
    sign_in(page, site)
    requests: list[dict[str, str]] = []
    page.on("request", lambda request: requests.append(request.all_headers()))
    page.goto(url)
    page.goto(f"{url}nothing")
    assert len(requests) >= 3
    assert not [headers for headers in requests if headers.get("cookie")]
    assert cookies_of(page.context, url) == {}


def test_where_nothing_is_published_a_page_with_a_style_says_so(page: Page, site: Site) -> None:
    page.goto(f"http://nothing.preview.localhost:{site.server.port}/")
    is_fit(page, PHONE, "light")
    assert page.get_by_role("main").evaluate("main => getComputedStyle(main).borderTopWidth") == "1px"


def test_one_deployment_cannot_script_another(page: Page, site: Site) -> None:
    other = publish(site, index__html="<title>Other</title>")
    frame = (
        f"<title>…</title><iframe src='{other}' onload='look(this)'></iframe><script>function look(frame) {{"
    )
    frame += (
        "try { document.domain = 'preview.localhost' } catch { } try { document.title = frame.contentDocument"
    )
    frame += " ? 'read' : 'nothing' } catch (error) { document.title = error.name } }</script>"
    page.goto(publish(site, index__html=frame.replace("{{", "{")))
    page.wait_for_function("document.title != '…'")
    assert page.title() in ("nothing", "SecurityError")


def test_a_site_works_as_its_author_means_it(page: Page, site: Site) -> None:
    script = "document.title = (await (await fetch('data.json')).json()).name"
    url = publish(
        site,
        index__html="<script type=module src=app.js></script><link rel=stylesheet href=site.css>",
        app__js=script,
        site__css="body { color: rgb(1, 2, 3) }",
        data__json='{"name": "größe"}',
    )
    page.goto(url)
    page.wait_for_function("document.title == 'größe'")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
    kept = page.goto(url)
    assert kept is not None
    assert kept.status in (200, 304)
