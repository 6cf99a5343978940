"""The person at the browser: follows the link of an app, signs in, and says yes or no. No JavaScript."""

from html.parser import HTMLParser
from typing import ClassVar
from urllib.parse import urljoin

import requests

COOKIE = "known_browser"


class Form:
    """A form of a page: where it goes, what it carries unseen, and which names it has."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.hidden: dict[str, str] = {}
        self.names: set[str] = set()


class Person:
    """One browser session, in a browser in which this person signed in before, if they ever did."""

    known: ClassVar[dict[tuple[str, str], str]] = {}  # the cookie that says so, by site and person

    def __init__(self, site: str, email: str, password: str) -> None:
        self.site = site
        self.email = email
        self.password = password
        self.browser = requests.Session()
        self.browser.trust_env = False  # no proxy
        if cookie := self.known.get((site, email)):
            self.browser.cookies.set(COOKIE, cookie)

    def answer(self, url: str, answer: str) -> str:
        """Open an app's authorize link, sign in if asked to, "allow" or "deny": the callback URL."""
        page = self.open(url)
        if page.url.startswith(f"{self.site}/login/"):
            page = self.fill_in(page, login=self.email, password=self.password)
        response = self._send(page, answer=answer)
        assert response.status_code == 302, response.text
        return response.headers["Location"]

    def open(self, url: str) -> requests.Response:
        """The page at an address, after the site's own redirects."""
        return self._follow(self.browser.get(url, allow_redirects=False, timeout=10))

    def fill_in(self, page: requests.Response, **typed: str) -> requests.Response:
        """The page that comes after the form which asks for these."""
        return self._follow(self._send(page, **typed))

    def _send(self, page: requests.Response, **typed: str) -> requests.Response:
        """Fill in the form that asks for these, and send it."""
        assert page.status_code == 200, page.text
        form = next(form for form in _forms(page.text) if typed.keys() <= form.names)
        url = urljoin(page.url, form.action)
        return self.browser.post(url, data={**form.hidden, **typed}, allow_redirects=False, timeout=10)

    def _follow(self, response: requests.Response) -> requests.Response:
        while response.is_redirect:
            url = urljoin(response.url, response.headers["Location"])
            assert url.startswith(f"{self.site}/"), f"sent to {url} unasked"
            response = self.browser.get(url, allow_redirects=False, timeout=10)
        for cookie in self.browser.cookies:
            if cookie.name == COOKIE:
                self.known[self.site, self.email] = str(cookie.value)
        return response


def _forms(html: str) -> list[Form]:
    forms: list[Form] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = {name: value or "" for name, value in attrs}
            if tag == "form":
                forms.append(Form(values.get("action", "")))
            elif tag in ("input", "button", "select") and forms and (name := values.get("name")):
                forms[-1].names.add(name)
                if values.get("type") == "hidden":
                    forms[-1].hidden[name] = values.get("value", "")

    Reader().feed(html)
    return forms
