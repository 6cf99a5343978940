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


def test_an_answer_without_a_form_is_treated_alike(alice_browser: Client) -> None:
    alice_browser.cookies.pop("csrftoken", None)
    answer = alice_browser.get("/settings/")
    assert "csrftoken" in answer.cookies
    assert "no-store" in answer["Cache-Control"]
