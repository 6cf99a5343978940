"""The ways to call what needs `admin`: with a session or an app's token; and those that may not."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import User
from api.oauth.services.applications import change_app, set_admin_enabled
from tests.api.answers import as_json
from tests.api.oauth.flow import CALLBACK, App, connect, make_app

Call = Callable[..., Any]  # call("PATCH", "/v1/me", json={…}, headers={…})
ALL = ["read", "write", "delete", "admin"]


def calling(browser: Client, token: str | None = None) -> Call:
    """Call the API from a browser that may be signed in, with a token if one is given."""

    def call(
        method: str, path: str, *, json: Any = None, headers: dict[str, str] | None = None, **extra: Any
    ) -> Any:
        sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        body = {} if json is None else as_json(json)
        return browser.generic(method, path, headers=sent, **body, **extra)

    return call


def make_admin_app(owner: User, name: str = "Key Keeper") -> App:
    """An app that staff let ask for `admin`."""
    app = make_app(owner, name=name)
    set_admin_enabled(app.row, enabled=True)
    app.row.refresh_from_db()
    return App(change_app(app.row, name=name, redirect_uris=CALLBACK, scopes=ALL), app.secret)


def token_of(browser: Client, app: App, scope: str = "read write delete admin") -> str:
    """Let an app act for who is signed in; its access token."""
    return str(connect(browser, app, scope)["access_token"])
