"""The examples of the reference, in every language, one after the other as they are printed, for real."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from craft.docs.example_values import ACCESS, APP, CODE, PARAMETERS, REFRESH, SECRET
from craft.docs.languages import CURL, JAVASCRIPT_SDK, PYTHON_SDK, TABS
from craft.docs.reference import operations
from tests.sdk.examples import Node, node, run
from tests.sdk.node import what_is_missing
from tests.sdk.python import connect
from tests.sdk.server import Craft

pytestmark = [pytest.mark.server, pytest.mark.long]

# An order in which each finds what it is about; a call that is only made for the next one in brackets.
STORY = [
    "getMe",
    "updateMe",
    "getAuth",
    "createProject",
    "listProjects",
    "getProject",
    "updateProject",
    "createFile",
    "listFiles",
    "getFile",
    "putFile",
    "createDeployment",
    "listDeployments",
    "getDeployment",
    "deleteDeployment",
    "deleteFile",
    "deleteProject",
    "createAPIKey",
    "listAPIKeys",
    "getAPIKey",
    "updateAPIKey",
    "rotateAPIKey",
    "cancelAPIKeyRotation",
    "[rotateAPIKey]",
    "finishAPIKeyRotation",
    "disableAPIKey",
    "enableAPIKey",
    "getAPIKeyUsage",
    "deleteAPIKey",
    "restoreAPIKey",
    "listActivity",
    "listConnectedApps",
    "deleteConnectedApp",
    "deleteAuth",
]
OAUTH = ["createOAuthToken", "introspectOAuthToken", "revokeOAuthToken"]
ID_OF = {
    "createProject": "project_id",
    "createDeployment": "deployment_id",
    "createAPIKey": "key_id",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if missing := what_is_missing():
        pytest.skip(missing)
    with node(tmp_path_factory.mktemp("examples")) as running:
        yield running


@pytest.fixture(autouse=True)
def here(craft: Craft, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference is about the running server, and the environment as it was afterwards."""
    settings.API_URL = settings.WEB_URL = craft.url
    for name in ("CRAFT_API_KEY", "CRAFT_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "")


def test_the_stories_have_every_operation() -> None:
    assert sorted({name.strip("[]") for name in STORY} | {*OAUTH}) == sorted(operations())


# One table prints the call of the first three; those of JavaScript and Python also run in the guides.
ROWS = [pytest.param(each, marks=[pytest.mark.variant] if each in TABS[1:3] else []) for each in TABS]


@pytest.mark.parametrize("language", ROWS)
def test_each_example_works_as_it_is_printed(craft: Craft, running: Node, language: str) -> None:
    email = craft.new_user()
    app = craft.new_app(scopes="read write delete admin")
    token = connect(craft, email, app, scope="read write delete admin").access_token
    environment = {"CRAFT_API_KEY": craft.new_key(email), "CRAFT_ACCESS_TOKEN": token}
    real = {PARAMETERS["app_id"]: app.client_id}
    for name in STORY:
        page = operations()[name.strip("[]")]
        answer = run(language, _with(real, dict(page.calls)[language]), environment, running)
        if language in (JAVASCRIPT_SDK, PYTHON_SDK):
            made = _made_by_sdk(answer)
            data = {"id": getattr(made, "id", None) or made["id"]} if name in ID_OF else {}
        else:
            data = answer["data"]
            _compare(data, json.loads(page.answer)["data"], name)
        if name in ID_OF:
            real[PARAMETERS[ID_OF[name]]] = data["id"]


@pytest.mark.parametrize("language", TABS[:3])
def test_each_example_of_oauth_works_as_it_is_printed(craft: Craft, running: Node, language: str) -> None:
    email, callback = craft.new_user(), "https://yourapp.com/callback"
    app = craft.new_app(redirect_uri=callback)
    link = (
        f"{craft.url}/oauth/authorize?client_id={app.client_id}&redirect_uri={callback}"
        "&response_type=code&scope=read+write"
    )
    code = parse_qs(urlsplit(craft.person(email).answer(link, "allow")).query)["code"][0]
    real = {APP: app.client_id, SECRET: str(app.client_secret), CODE: code}
    for name in OAUTH:
        page = operations()[name]
        answer = run(language, _with(real, dict(page.calls)[language]), {}, running)
        answer = answer if language == CURL else answer["answer"]
        _compare(answer, json.loads(page.answer), name)
        if name == "createOAuthToken":
            real |= {ACCESS: answer["access_token"], REFRESH: answer["refresh_token"]}


def _with(real: dict[str, str], code: str) -> str:
    """The example with what there is in the place of example ids."""
    for shown, own in real.items():
        code = code.replace(shown, own)
    return code


def _made_by_sdk(made: dict[str, Any]) -> Any:
    """What the call gave: the last thing that the example made; None where it keeps nothing."""
    own = {
        name: value for name, value in made.items() if name not in ("craft", "os", "datetime", "CraftClient")
    }
    return next((value for name, value in own.items() if not name.startswith("__")), None)


def _compare(real: Any, shown: Any, where: str) -> None:
    """The answer shown has the fields of the real one, each of the same type, as far as both have a value."""
    if isinstance(shown, dict) and isinstance(real, dict):
        assert list(real) == list(shown), where
        for name in shown:
            _compare(real[name], shown[name], f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(real, list):
        for one, other in zip(real, shown, strict=False):
            _compare(one, other, where)
    elif real is not None and shown is not None:
        assert type(real) is type(shown), where
