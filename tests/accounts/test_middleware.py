import pytest
from django.test import Client


def test_signed_in_pages_are_private_and_set_the_csrf_cookie(alice_browser: Client) -> None:
    alice_browser.cookies.pop("csrftoken", None)
    page = alice_browser.get("/settings/activity/")
    assert "csrftoken" in page.cookies
    for word in ("private", "no-store"):
        assert word in page["Cache-Control"]


@pytest.mark.django_db
def test_a_page_for_nobody_in_particular_sets_no_cookie() -> None:
    page = Client().get("/password/reset/done/")
    assert not page.cookies


def test_a_redirect_of_a_signed_in_person_is_private_too(alice_browser: Client) -> None:
    assert "no-store" in alice_browser.get("/settings/")["Cache-Control"]
