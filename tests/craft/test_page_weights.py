"""Pages weigh little, with all that they load."""

import pytest
from django.test import Client

from accounts.models import User
from apikeys.services import MAX_LIVE_KEYS, create_key
from tests.accounts.test_pages_in_browser import SIGNED_IN, SIGNED_OUT
from tests.weights import MOST, weight_of

pytestmark = pytest.mark.django_db


@pytest.mark.matrix  # every page
def test_each_page_with_all_that_it_loads_weighs_little(alice: User, alice_browser: Client) -> None:
    for number in range(8):
        create_key(alice, name=f"key {number}", permission="read-write")
    found = {path: weight_of(Client(), path) for path in SIGNED_OUT if path != "/nowhere/"}
    found |= {path: weight_of(alice_browser, path) for path in (*SIGNED_IN, "/settings/api-keys/")}
    assert {path: weight for path, weight in found.items() if weight >= MOST} == {}


@pytest.mark.matrix  # as many keys as there may be
def test_the_list_of_as_many_keys_as_there_may_be_weighs_little(alice: User, alice_browser: Client) -> None:
    for number in range(MAX_LIVE_KEYS):
        create_key(alice, name=f"key {number}", permission="read-write")
    assert weight_of(alice_browser, "/settings/api-keys/") < MOST
