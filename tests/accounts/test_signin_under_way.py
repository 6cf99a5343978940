"""A sign-in under way while everything of the account ends."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.services import end_all_sessions
from accounts.web.client import NOBODY
from tests.fixtures import PASSWORD
from tests.meanwhile import Meanwhile


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_sign_in_under_way_does_not_outlive_signing_out_everywhere(alice: User) -> None:
    browser = Client()
    with transaction.atomic():
        end_all_sessions(alice, NOBODY)
        sign_in = Meanwhile(lambda: browser.post("/login/", {"login": alice.email, "password": PASSWORD}))
        assert sign_in.waits()
    assert sign_in.result()["Location"] == "/login/"
    assert browser.get("/settings/profile/").status_code == 302
