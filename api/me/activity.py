"""/v1/activity: the caller's security log."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.models import Activity, Event
from api.base import Endpoint, caller
from api.envelope import moment, page
from api.me import shapes
from api.schema.operation import operation
from apikeys.scopes import Scope


class ActivityView(Endpoint):
    """What happened to the account, newest first."""

    scope = Scope.ADMIN
    sorts = {"createdAt": "at"}
    filters = {"event": Event.values}

    @operation(
        "List activity",
        shapes.Activity,
        many=True,
        text="The security log of your account, newest first: sign-ins, changes of credentials and apps.",
    )
    def get(self, request: Request) -> HttpResponse:
        """List it."""
        listing = self.read_listing(request)
        rows, pagination = listing.slice(Activity.objects.filter(user=caller(request), **listing.filters))
        return page([_row(line) for line in rows], pagination)


def _row(line: Activity) -> dict[str, Any]:
    return {
        "id": line.uid,
        "event": line.event,
        "at": moment(line.at),
        "ip": line.ip,
        "userAgent": line.user_agent or None,
        "credential": line.credential or None,
        "details": line.details,
    }
