"""The JavaScript SDK in a real browser, on a page of another origin than the API's."""

import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.sdk import node
from tests.sdk.server import REDIRECT_URI, Craft

pytestmark = pytest.mark.server


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    extensions_map = {".html": "text/html", ".js": "text/javascript"}

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  its name in the base class
        """Nothing."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of an empty page of another origin, with the built SDK beside it."""
    if missing := node.what_is_missing():
        pytest.skip(missing)
    (tmp_path / "index.html").write_text("<!doctype html><title>Elsewhere</title>")
    (tmp_path / "sdk").symlink_to(node.FOLDER / "dist")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def run(page: Page, address: str, code: str, **given: Any) -> Any:
    """What a piece of JavaScript returns; it finds the SDK as `sdk` and its values as `given`."""
    page.goto(address)
    return page.evaluate(f"async (given) => {{ const sdk = await import('/sdk/index.js'); {code} }}", given)


def test_it_reads_writes_and_pages_in_a_browser(craft: Craft, page: Page, elsewhere: str) -> None:
    code = """
        const craft = new sdk.CraftClient({ apiKey: given.key, baseUrl: given.url });
        for (const name of ["one", "two", "three"]) await craft.projects.create({ name });
        const names = [];
        for await (const project of craft.projects.list({ limit: 2, sort: "name", order: "asc" })) {
            names.push(project.name);
        }
        return [(await craft.me.get()).email, names];
    """
    email = craft.new_user()

    found = run(page, elsewhere, code, key=craft.new_key(email), url=craft.url)

    assert found == [email, ["one", "three", "two"]]


def test_it_uploads_and_downloads_in_a_browser(craft: Craft, page: Page, elsewhere: str) -> None:
    code = """
        const craft = new sdk.CraftClient({ apiKey: given.key, baseUrl: given.url });
        const { id } = await craft.projects.create({ name: "Files" });
        const size = 3_000_000;
        const file = new File([new Uint8Array(size).fill(65)], "a.txt", { type: "text/x-mine" });
        const found = [];
        for (const [content, options] of [[file, {}], [file.stream(), { size }], [file.stream(), {}]]) {
            const told = [];
            const onProgress = (loaded, total) => told.push(loaded, total);
            const upload = craft.files.upload(id, "a.txt", content, { ...options, onProgress });
            const { sha256, contentType } = await upload;
            const download = await craft.files.download(id, "a.txt");
            const isWhole = (await download.text()) === "A".repeat(size);
            found.push([download.etag === `"${sha256}"`, download.size, contentType, isWhole, told]);
        }
        return found;
    """
    key = craft.new_key(craft.new_user())

    found = run(page, elsewhere, code, key=key, url=craft.url)

    told = [3_000_000, 3_000_000]
    plain = "text/plain; charset=utf-8"
    assert found == [[True, 3_000_000, type_, True, told] for type_ in ("text/x-mine", plain, plain)]


def test_a_stream_that_fails_or_is_cancelled_in_a_browser_is_told_as_it_is(
    craft: Craft, page: Page, elsewhere: str
) -> None:
    code = """
        const craft = new sdk.CraftClient({ apiKey: given.key, baseUrl: given.url });
        const controller = new AbortController();
        async function* broken() { yield new Uint8Array(1); throw new Error("the disk is gone"); }
        async function* stuck() {
            yield new Uint8Array(1);
            controller.abort(new Error("enough"));
            await new Promise(() => {});
        }
        const found = [];
        for (const [content, signal] of [[broken(), undefined], [stuck(), controller.signal]]) {
            const upload = craft.files.upload("proj_0", "a", content, { size: 9, signal });
            await upload.catch((error) => found.push(error.message));
        }
        return found;
    """
    key = craft.new_key(craft.new_user())

    assert run(page, elsewhere, code, key=key, url=craft.url) == ["the disk is gone", "enough"]


def test_its_errors_say_in_a_browser_what_they_say_elsewhere(
    craft: Craft, page: Page, elsewhere: str
) -> None:
    code = """
        const of = async (promise) => promise.catch((error) => error);
        const craft = new sdk.CraftClient({ apiKey: given.key, baseUrl: given.url });
        const { id } = await craft.auth.get();
        await craft.auth.delete();
        const refused = await of(craft.me.get());
        const away = new sdk.CraftClient({ apiKey: given.key, baseUrl: given.elsewhere, maxRetries: 0 });
        const wrong = await of(away.me.get());
        const lost = new sdk.CraftClient({ apiKey: given.key, baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
        let configuration;
        try { new sdk.CraftClient(); } catch (error) { configuration = error; }
        return [
            [refused.name, refused.status, refused.description, refused.requestId.length],
            [wrong.name, (await of(lost.me.get())).name, configuration.name],
        ];
    """
    key = craft.new_key(craft.new_user())

    refused, others = run(page, elsewhere, code, key=key, url=craft.url, elsewhere=elsewhere)

    assert refused[:2] == ["UnauthorizedError", 401]
    assert refused[2]
    assert refused[3] == 32
    assert others == ["UnexpectedAnswerError", "APIConnectionError", "ConfigurationError"]


def test_a_public_app_goes_the_whole_way_in_a_browser(craft: Craft, page: Page, elsewhere: str) -> None:
    app = craft.new_app(is_public=True)
    email = craft.new_user()
    options = {
        "clientId": app.client_id,
        "redirectUri": REDIRECT_URI,
        "baseUrl": craft.url,
        "webUrl": craft.url,
    }
    begin = "return new sdk.CraftOAuth(given.options).authorizeUrl({ scope: 'read write' });"
    asked = run(page, elsewhere, begin, options=options)
    callback = craft.person(email).answer(asked["url"], "allow")
    finish = """
        const oauth = new sdk.CraftOAuth(given.options);
        const { accessToken } = await oauth.callback(given.callback, given.kept);
        const craft = new sdk.CraftClient({ auth: oauth, baseUrl: given.options.baseUrl });
        const before = await craft.me.get();
        await oauth.renew(accessToken);
        const after = await craft.me.get();
        await oauth.revoke();
        return [before.email, after.email, (await craft.me.get().catch((error) => error)).code];
    """

    found = run(page, elsewhere, finish, options=options, callback=callback, kept=asked["kept"])

    assert found == [email, email, "no_tokens"]


def test_the_readme_s_page_finds_the_sdk(page: Page, elsewhere: str) -> None:
    readme = (node.FOLDER / "README.md").read_text()
    (code,) = re.findall(r"^```html\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    fetched: list[str] = []

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix("https://yourapp.com/craft-sdk/")
        fetched.append(name)
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(path=node.FOLDER / "dist" / name, content_type="text/javascript", headers=headers)

    page.route("https://yourapp.com/craft-sdk/**", serve)
    page.goto(elsewhere)
    page.set_content(code, wait_until="networkidle")

    assert "index.js" in fetched
    assert "client.js" in fetched
    assert errors == []
