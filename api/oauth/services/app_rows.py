"""An app's row, locked, and the line in its owner's security log: how each change of it begins and ends."""

from accounts import security_log
from accounts.events import Event
from accounts.web.client import Client
from api.oauth.models import Application


def locked_app(application: Application) -> Application:
    """The app's row as it is now, locked. Raises Application.DoesNotExist."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("user")
    found: Application = locked.get(pk=application.pk)
    return found


def log_app(application: Application, event: Event, client: Client, **details: object) -> None:
    """Tell the owner, if the app has one."""
    if application.user is not None:
        security_log.record(
            application.user,
            event,
            client,
            credential=application.client_id,
            name=application.name,
            **details,
        )
