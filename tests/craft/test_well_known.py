"""What programs look for below /.well-known/."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings


@pytest.mark.parametrize("at", ["2026-11-26T09:30:00Z", "2031-02-28T23:59:59Z"])
def test_security_txt_says_where_to_report_and_is_never_out_of_date(settings: Settings, at: str) -> None:
    settings.SECURITY_CONTACT = "mailto:security@craft.example"
    with time_machine.travel(at, tick=False):
        response = Client().get("/.well-known/security.txt")
        now = datetime.now(UTC)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@craft.example"
    assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"
    expires_at = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=170) < expires_at - now < timedelta(days=365)


def test_without_a_contact_there_is_no_security_txt() -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404


def test_password_managers_are_led_to_where_a_password_is_changed() -> None:
    response = Client().get("/.well-known/change-password")
    assert (response.status_code, response["Location"]) == (302, "/settings/security/password/")
