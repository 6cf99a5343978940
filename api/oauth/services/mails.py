"""The mails that OAuth sends: one function and one template (oauth/email/) each."""

from accounts.mail import outbox
from accounts.models import User


def send_token_reuse(user: User, app_name: str) -> None:
    """Tell a user that an app's access was ended because its token was used twice."""
    context = {"name": user.get_full_name(), "app_name": app_name}
    outbox.queue("oauth/email/token_reuse", to=user.email, context=context)
