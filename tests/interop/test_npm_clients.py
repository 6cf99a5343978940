"""The clients from npm: oauth4webapi, simple-oauth2, Auth.js core, Passport, each in a script of its own."""

import pytest

from tests.interop.npm import Run
from tests.interop.person import Person
from tests.interop.server import CALLBACK, Craft
from tests.interop.story import MORE, SCOPE, Story, check

pytestmark = pytest.mark.server


def _go_the_whole_way(script: str, craft: Craft, person: Person, run_node: Run, **settings: str) -> None:
    app = craft.new_app(settings["mode"])
    task = {
        "url": craft.url,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "more": MORE,
        **settings,
    }
    check(Story(**run_node(script, task, person.answer)), craft, app)


@pytest.mark.parametrize("mode", ["basic", "body", "public"])
def test_oauth4webapi_goes_the_whole_way_from_the_address_of_the_api_alone(
    craft: Craft, person: Person, run_node: Run, mode: str
) -> None:
    _go_the_whole_way("oauth4webapi.mjs", craft, person, run_node, mode=mode)


@pytest.mark.parametrize(
    ("mode", "body"), [("basic", "json"), ("body", "json"), ("public", "json"), ("basic", "form")]
)
def test_simple_oauth2_goes_the_whole_way(
    craft: Craft, person: Person, run_node: Run, mode: str, body: str
) -> None:
    _go_the_whole_way("simple-oauth2.mjs", craft, person, run_node, mode=mode, body=body)


@pytest.mark.parametrize("mode", ["basic", "body", "public"])
def test_auth_js_signs_a_person_in_and_goes_the_whole_way(
    craft: Craft, person: Person, run_node: Run, mode: str
) -> None:
    _go_the_whole_way("authjs.mjs", craft, person, run_node, mode=mode)


@pytest.mark.parametrize("mode", ["body", "public"])
def test_passport_goes_the_whole_way(craft: Craft, person: Person, run_node: Run, mode: str) -> None:
    _go_the_whole_way("passport.mjs", craft, person, run_node, mode=mode)
