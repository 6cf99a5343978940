"""Fixtures of the API's tests: nothing left over from the test before, and Craft on three hosts."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from apikeys import usage

PRODUCTION = {
    "WEB_URL": "https://craft.fast",
    "API_URL": "https://api.craft.fast",
    "PREVIEW_URL": "https://craft-preview.app",
    "ENCRYPTION_KEYS": "for-tests-only-0123456789abcdefghijklmnopqr=",
    "TRUSTED_PROXY_COUNT": "1",
    "REDIS_URL": "",
}
# What follows from the addresses, as far as it is read at each request or when a test's client starts.
FOLLOWS = (
    *("WEB_URL", "API_URL", "PREVIEW_URL", "WEB_HOST", "API_HOST", "PREVIEW_HOST", "ALLOWED_HOSTS"),
    *("SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_DOMAIN"),
    *("CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXY_COUNT", "SECURE_PROXY_SSL_HEADER", "SECURE_SSL_REDIRECT"),
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
)
SETTINGS_FILE = Path(__file__).parents[2] / "craft" / "settings.py"


@pytest.fixture(autouse=True)
def nothing_pending(db: None) -> None:
    """Uses that an earlier test left in memory must not be counted for a key with the same number."""
    usage.flush()


@pytest.fixture
def three_hosts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Craft as it is in production: three hosts over https behind one proxy, by the settings' own rules."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    derived: dict[str, Any] = runpy.run_path(str(SETTINGS_FILE))
    for name in FOLLOWS:
        setattr(settings, name, derived[name])
