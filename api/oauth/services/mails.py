"""The mails that OAuth sends: one function and one template (oauth/email/) each."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import User


def send_token_reuse(user: User, app_name: str) -> None:
    """Tell a user that an app's access was ended because its token was used twice."""
    context = {"name": user.get_full_name(), "app_name": app_name, "web_url": settings.WEB_URL}
    send_mail(
        subject=f"[Craft] {app_name} was disconnected",
        message=render_to_string("oauth/email/token_reuse.txt", context),
        from_email=None,
        recipient_list=[user.email],
        fail_silently=True,
    )
