"""The security log: written from the first event on, read by its owner."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.events import Event
from accounts.models import Activity, User
from accounts.tries import Limit
from accounts.utils import occurrences
from accounts.utils.ended_log import say_ended
from accounts.web.client import NOBODY, Client, network_of

KEPT_FOR = timedelta(days=400)
# After these something can do less than before: what a database from before would not know.
ENDS = frozenset(
    {
        Event.KEY_CHANGED,
        Event.KEY_ROTATED,
        Event.KEY_DISABLED,
        Event.KEY_DELETED,
        Event.KEY_REVOKED,
        Event.SECRET_DROPPED,
        Event.GRANT_REVOKED,
        Event.TOKEN_REUSE,
        Event.APP_DELETED,
        Event.ACCOUNT_CLOSING,
    }
)
FAILED_SIGN_INS = Limit("failed sign-in", most=1, seconds=3600)  # the first one writes the line


def record(
    user: User, event: Event, client: Client = NOBODY, *, credential: str = "", **details: Any
) -> Activity:
    """Write one line. `credential`: the public id of what it is about; `details`: JSON, never a secret.

    What it was done with is the client's to say.
    """
    if event in ENDS or details.get("disabled"):
        say_ended(event.value, account=user.uid, credential=details.get("public_id") or credential)
    return Activity.objects.create(
        user=user,
        event=event,
        ip=client.ip,
        user_agent=client.agent,
        acting=client.acting.kind,
        acting_id=client.acting.id,
        acting_name=client.acting.name,
        credential=credential,
        details=details,
    )


def record_failed_sign_in(
    user: User | None, email: str, client: Client, *, again: bool, what: str = "password"
) -> None:
    """Write a wrong password, or count it in the line that its network has at the account in this hour.

    `user` is None where no account has the address; that is counted too, so that both take the same time.
    `again`: it was asked for again in a session; `what`: "password", or "code" of a second factor.
    """
    occurrences.note("sign-in", f"wrong {what}")
    with transaction.atomic():
        # Holds its row until the commit, so that the next one finds the line that this one writes.
        tries = FAILED_SIGN_INS.of(email, network_of(client.ip), again, what).count()
        if user is None:
            return
        details: dict[str, Any] = {"again": again} | ({} if what == "password" else {"what": what})
        line = _failed_sign_in(user, client, details) if tries > 1 else None
        if line is None:
            record(user, Event.LOGIN_FAILED, client, **details)
        else:
            Activity.objects.count_tries(line, tries)


def _failed_sign_in(user: User, client: Client, details: dict[str, Any]) -> Activity | None:
    """The newest line of the last hour with these details from the client's network."""
    hour = timezone.now() - timedelta(seconds=FAILED_SIGN_INS.seconds)
    lines = user.activity.filter(event=Event.LOGIN_FAILED, at__gte=hour).order_by("-at", "-id")
    network = network_of(client.ip)
    return next(
        (
            line
            for line in lines
            if network_of(line.ip) == network
            and {**line.details, "tries": None} == {**details, "tries": None}
        ),
        None,
    )


def password_changed_at(user: User) -> datetime | None:
    """When the password was last changed or reset; None when the log knows of no such moment."""
    changes = user.activity.filter(event__in=(Event.PASSWORD_CHANGED, Event.PASSWORD_RESET))
    return changes.order_by("-at").values_list("at", flat=True).first()


def delete_old(now: datetime | None = None) -> int:
    """Delete lines older than KEPT_FOR; return how many."""
    return Activity.objects.delete_before((now or timezone.now()) - KEPT_FOR)
