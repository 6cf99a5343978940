"""/v1/activity: the caller's security log."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.events import Event
from accounts.models import Activity
from api.account import responses
from api.base import Endpoint, caller
from api.envelope import page
from api.schema.operation import operation
from apikeys.scopes import Scope


class ActivityView(Endpoint):
    """What happened to the account, newest first."""

    scope = Scope.ADMIN
    sorts = {"createdAt": "at"}
    filters = {"event": Event.values}

    @operation(
        "List activity",
        responses.Activity,
        many=True,
        text="The security log of your account, newest first: sign-ins, changes of credentials and apps.",
    )
    def get(self, request: Request) -> HttpResponse:
        listing = self.read_listing(request)
        rows, pagination = listing.slice(Activity.objects.filter(user=caller(request), **listing.filters))
        return page([responses.activity_row(line) for line in rows], pagination)
