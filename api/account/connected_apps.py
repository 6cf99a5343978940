"""/v1/connected-apps: the apps that act for the caller."""

import re

from django.http import HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.web.client import client_of
from api.account import responses
from api.base import Endpoint, caller
from api.envelope import page, success
from api.oauth.models import Grant
from api.oauth.services.grants import revoke_grant
from api.pagination import refuse_parameters
from api.schema.operation import operation
from api.schema.responses import Deleted
from apikeys.scopes import Scope

APP_ID = re.compile(r"app_[0-9A-Za-z]{1,36}")


class ConnectedAppsView(Endpoint):
    """The apps that a person let act for them, one row each."""

    scope = Scope.ADMIN
    sorts = {"createdAt": "granted_at", "name": "application__name", "lastUsedAt": "last_used_at"}

    @operation(
        "List connected apps",
        responses.ConnectedApp,
        many=True,
        text="The apps that may act for you, a row each.",
    )
    def get(self, request: Request) -> HttpResponse:
        listing = self.read_listing(request)
        grants = Grant.objects.filter(user=caller(request)).select_related("application")
        rows, pagination = listing.slice(grants)
        return page([responses.connected_app_row(grant) for grant in rows], pagination)


class ConnectedAppView(Endpoint):
    """One app's access, by the app's id."""

    scope = Scope.ADMIN

    @operation(
        "Disconnect an app",
        Deleted,
        errors=(404,),
        text="Its tokens stop working at once, and the API keys it made with them. It may ask you again.",
    )
    def delete(self, request: Request, app_id: str) -> HttpResponse:
        """End it: codes and tokens are dead at once."""
        grants = Grant.objects.filter(user=caller(request)).select_related("application", "user")
        grant = grants.filter(application__client_id=app_id).first() if APP_ID.fullmatch(app_id) else None
        refuse_parameters(request)
        if grant is None:
            raise NotFound("No such app is connected")
        revoke_grant(grant, client_of(request._request))
        return success({"id": app_id, "deleted": True})
