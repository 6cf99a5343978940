"""Three hosts, each serves its own and 404 for the rest."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from apikeys.models import APIKey
from tests.api.answers import check_error, check_success
from tests.cases import cases
from tests.fixtures import API, sign_in

pytestmark = pytest.mark.matrix

Key = tuple[APIKey, str]
HTTPS = {"HTTP_X_FORWARDED_PROTO": "https"}
WEB, WEB_API, PREVIEW = "craft.fast", "api.craft.fast", "craft-preview.app"
V1 = ["/v1", "/v1/me", "/v1/projects", "/v1/nothing", "/v1/"]
PAGES = ["/", "/login/", "/settings/", "/settings/api-keys/", "/admin/", "/static/css/base.css", "/nothing/"]
DOCUMENT = "/.well-known/oauth-protected-resource/v1"


def get(path: str, host: str, **environ: Any) -> Any:
    return Client().get(path, **{"HTTP_HOST": host, **HTTPS, **environ})


@pytest.mark.usefixtures("three_hosts")
class TestThreeHosts:
    """As in production."""

    def test_the_api_host_serves_the_api(self, api: API, read_only: Key) -> None:
        check_success(api("GET", "/v1/me", read_only[1], HTTP_HOST=WEB_API, **HTTPS))
        assert get(DOCUMENT, WEB_API).json()["resource"] == "https://api.craft.fast/v1"

    @pytest.mark.parametrize("path", PAGES)
    def test_the_api_host_serves_no_page_and_no_html(self, path: str) -> None:
        check_error(get(path, WEB_API), 404)

    @cases("path", V1)
    def test_no_other_host_serves_the_api(self, api: API, read_only: Key, path: str) -> None:
        check_error(api("GET", path, read_only[1], HTTP_HOST=WEB, **HTTPS), 404)
        for host in (PREVIEW, f"site.{PREVIEW}"):
            response = api("GET", path, read_only[1], HTTP_HOST=host, **HTTPS)
            assert response.status_code == 404
            assert b"Nothing is published here" in response.content

    def test_a_published_page_below_v1_is_led_to_https_like_any_other(self) -> None:
        for path in ("/v1/me", "/about"):
            response = Client().get(path, HTTP_HOST=f"site.{PREVIEW}")
            assert (response.status_code, response["Location"]) == (301, f"https://site.{PREVIEW}{path}")

    def test_the_web_host_serves_pages(self) -> None:
        assert get("/", WEB)["Location"] == "/settings/"
        assert get("/login/", WEB).status_code == 200
        assert get(DOCUMENT, WEB).status_code == 404

    @cases("host", [PREVIEW, f"site.{PREVIEW}", f"a.b.{PREVIEW}", PREVIEW.upper()])
    @cases("path", [*PAGES, DOCUMENT])
    def test_the_preview_host_serves_nothing_of_ours_and_sets_no_cookie(
        self, alice: User, host: str, path: str
    ) -> None:
        browser = sign_in(alice, HTTP_HOST=WEB, **HTTPS)
        response = browser.get(path, HTTP_HOST=host)
        assert response.status_code == 404
        assert b"Nothing is published here" in response.content
        assert not response.cookies

    @cases("host", ["localhost", "127.0.0.1", "[::1]", "x.craft.fast", f"x{PREVIEW}"])
    def test_any_other_host_is_400(self, api: API, read_only: Key, host: str) -> None:
        check_error(api("GET", "/v1/me", read_only[1], HTTP_HOST=host, **HTTPS), 400, "Unknown host")
        assert get("/login/", host).status_code == 400

    @pytest.mark.parametrize("host", ["API.craft.fast", "api.craft.fast.", "api.craft.fast:443"])
    def test_case_port_and_final_dot_of_the_host_do_not_matter(
        self, api: API, read_only: Key, host: str
    ) -> None:
        check_success(api("GET", "/v1/me", read_only[1], HTTP_HOST=host, **HTTPS))
        check_error(get("/login/", host), 404)

    @cases("name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
    def test_no_forwarded_header_names_the_host_or_the_path(
        self, api: API, read_only: Key, name: str
    ) -> None:
        headers = {name: "host=api.craft.fast" if name == "Forwarded" else WEB_API}
        check_error(api("GET", "/v1/me", read_only[1], headers=headers, HTTP_HOST=WEB, **HTTPS), 404)

    @cases("proto", [None, "http", "", "HTTPS, http"])
    @cases("path", V1)
    def test_the_api_over_plain_http_is_403_and_asks_for_https(
        self, api: API, read_only: Key, path: str, proto: str | None
    ) -> None:
        environ = {} if proto is None else {"HTTP_X_FORWARDED_PROTO": proto}
        for key in (None, read_only[1]):
            response = api("GET", path, key, HTTP_HOST=WEB_API, **environ)
            check_error(response, 403, "Use https")

    def test_a_key_sent_over_plain_http_is_not_even_looked_up(self, api: API, read_only: Key) -> None:
        api("GET", "/v1/me", read_only[1], HTTP_HOST=WEB_API)
        assert APIKey.objects.get().last_used_at is None

    @pytest.mark.parametrize("path", ["/", "/login/", "/settings/api-keys/"])
    def test_pages_over_plain_http_redirect_to_https(self, path: str) -> None:
        response = Client().get(path, HTTP_HOST=WEB)
        assert (response.status_code, response["Location"]) == (301, f"https://{WEB}{path}")

    def test_hsts_is_sent_with_every_answer_over_https(self, api: API, read_only: Key) -> None:
        for host, path in ((WEB, "/login/"), (WEB_API, "/v1/me")):
            assert get(path, host)["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        for host in (PREVIEW, f"site.{PREVIEW}"):
            assert get("/", host)["Strict-Transport-Security"] == "max-age=63072000"

    def test_cookies_reach_the_web_host_and_below_over_https_only(self, alice: User) -> None:
        browser = sign_in(alice, HTTP_HOST=WEB, **HTTPS)
        browser.get("/settings/profile/")
        for name in ("sessionid", "csrftoken"):
            cookie = browser.cookies[name]
            assert (cookie["domain"], cookie["secure"], cookie["samesite"]) == (WEB, True, "Lax")
        assert browser.cookies["sessionid"]["httponly"]
        check_success(browser.get("/v1/me", HTTP_HOST=WEB_API))


class TestOneHost:
    """As on a developer's machine."""

    @cases("host", ["localhost:8000", "localhost", "127.0.0.1:8000", "[::1]:8000"])
    def test_it_serves_everything_by_each_of_its_names(self, api: API, read_only: Key, host: str) -> None:
        check_success(api("GET", "/v1/me", read_only[1], HTTP_HOST=host))
        assert api("GET", "/login/", HTTP_HOST=host).status_code == 200

    @cases("host", ["preview.localhost:8000", "site.preview.localhost"])
    @cases("path", ["/v1/me", "/", "/login/", "/admin/", "/nothing/"])
    def test_its_preview_host_serves_nothing(self, api: API, read_only: Key, host: str, path: str) -> None:
        response = api("GET", path, read_only[1], HTTP_HOST=host)
        assert response.status_code == 404
        assert b"Nothing is published here" in response.content
        assert not response.cookies

    def test_its_cookies_are_for_this_host_alone(self, alice: User) -> None:
        browser = sign_in(alice, HTTP_HOST="localhost:8000")
        cookie = browser.cookies["sessionid"]
        assert (cookie["domain"], cookie["secure"], bool(cookie["httponly"])) == ("", "", True)

    def test_forwarded_headers_are_not_believed(self, api: API, read_only: Key) -> None:
        headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        check_success(api("GET", "/v1/me", read_only[1], headers=headers))
        assert APIKey.objects.get().last_used_ip == "127.0.0.1"


FORWARDED = [
    ("203.0.113.9", "203.0.113.9"),
    ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
    ("2001:DB8::9", "2001:db8::9"),
    ("garbage", "127.0.0.1"),
    ("", "127.0.0.1"),
    ("6.6.6.6, \x00", "127.0.0.1"),
]


@pytest.mark.usefixtures("three_hosts")
@cases(("forwarded", "ip"), FORWARDED)
def test_behind_a_trusted_proxy_the_address_is_the_one_it_saw(
    api: API, read_only: Key, forwarded: str, ip: str
) -> None:
    headers = {"X-Forwarded-For": forwarded}
    check_success(api("GET", "/v1/me", read_only[1], headers=headers, HTTP_HOST=WEB_API, **HTTPS))
    assert APIKey.objects.get().last_used_ip == ip
