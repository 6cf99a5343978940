"""A mail server that the sender under test speaks to, and mails for it."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from accounts.mail import outbox
from tests.smtp import MailServer, mail_server

Queue = Callable[..., None]


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    """The server of EMAIL_URL, on a real socket."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 30
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def queue(db: None) -> Queue:
    """Queue a mail that tells Alice about an app: `queue("Acme", to=…, lives_for=…)`."""

    def put(app_name: str = "Acme", *, to: str = "alice@example.com", **options: object) -> None:
        context = {"name": "Alice", "app_name": app_name}
        outbox.queue("oauth/email/token_reuse", to=to, context=context, **options)  # type: ignore[arg-type]

    return put
