"""Pages weigh little, with all that they load."""

import pytest
from django.test import Client

from accounts.models import User
from apikeys.services import create_key
from tests.accounts.test_pages_in_browser import SIGNED_IN, SIGNED_OUT
from tests.weights import MOST, weight_of

pytestmark = pytest.mark.django_db


def test_each_page_with_all_that_it_loads_weighs_little(alice: User, alice_browser: Client) -> None:
    for number in range(8):
        create_key(alice, name=f"key {number}", permission="read-write")
    found = {path: weight_of(Client(), path) for path in SIGNED_OUT if path != "/nowhere/"}
    found |= {path: weight_of(alice_browser, path) for path in (*SIGNED_IN, "/settings/api-keys/")}
    assert {path: weight for path, weight in found.items() if weight >= MOST} == {}


def test_a_row_of_the_key_list_weighs_little(
    alice: User, alice_browser: Client, bob: User, bob_browser: Client
) -> None:
    create_key(bob, name="key 0", permission="read-write")
    for number in range(50):
        create_key(alice, name=f"key {number}", permission="read-write")
    fifty, one = (weight_of(browser, "/settings/api-keys/") for browser in (alice_browser, bob_browser))
    assert (fifty - one) / 49 < 3_000
