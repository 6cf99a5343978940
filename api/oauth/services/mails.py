"""The mails that OAuth sends: one function and one template (oauth/email/) each."""

from collections.abc import Collection

from accounts.mail import outbox
from accounts.mails import queue_notice
from accounts.models import User
from accounts.web.client import Client
from api.oauth.models import Application, Grant
from apikeys.scopes import in_words
from apikeys.tokens import Kind, shown_id


def send_token_reuse(user: User, app_name: str) -> None:
    """Tell a user that an app's access was ended because its token was used twice."""
    context = {"name": user.get_full_name(), "app_name": app_name}
    outbox.queue("oauth/email/token_reuse", to=user.email, context=context)


def send_connected(grant: Grant, client: Client, *, is_new: bool) -> None:
    """Tell a person that an app may act for them, or that one may do more than before."""
    queue_notice(
        "oauth/email/connected",
        grant.user,
        client,
        app=grant.application,
        may=in_words(grant.scopes),
        hosts=", ".join(grant.hosts.split()),
        is_new=is_new,
    )


def send_secret_created(application: Application, client: Client, public_id: str) -> None:
    """Tell an app's owner that it has another client secret."""
    shown = shown_id(Kind.CLIENT_SECRET, public_id)
    _tell_owner("secret_created", application, client, shown_id=shown)


def send_redirects_changed(application: Application, client: Client, before: Collection[str]) -> None:
    """Tell an app's owner that people may be sent elsewhere than `before`."""
    now = application.redirect_uri_list
    added = [uri for uri in now if uri not in before]
    removed = [uri for uri in before if uri not in now]
    _tell_owner("redirects_changed", application, client, added=added, removed=removed)


def _tell_owner(template: str, application: Application, client: Client, **context: object) -> None:
    if application.user is not None:
        queue_notice(f"oauth/email/{template}", application.user, client, app=application, **context)
