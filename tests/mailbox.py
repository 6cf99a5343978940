"""What was mailed. The tests run no thread that sends it: what waits in the outbox is sent when one looks."""

from django.core import mail
from django.core.mail import EmailMessage

from accounts.mail.sender import send_due


def mailbox() -> list[EmailMessage]:
    """Every mail of this test so far, the oldest first, as the mail server got it."""
    send_due()
    return list(mail.outbox)
