"""What was mailed. The tests run no thread that sends it: what waits in the outbox is sent when one looks."""

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.mail.sender import send_due


def mailbox() -> list[EmailMultiAlternatives]:
    """Every mail of this test so far, the oldest first, as the mail server got it."""
    send_due()
    sent: list[EmailMultiAlternatives] = mail.outbox
    return sent
