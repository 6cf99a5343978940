"""/v1/me: the person who is calling."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.services import rename_user
from accounts.web.client import client_of
from api.account import responses
from api.account.serializers import MeSerializer
from api.base import Endpoint, caller
from api.envelope import success
from api.errors import Invalid
from api.pagination import refuse_parameters
from api.schema.operation import operation


class MeView(Endpoint):
    """The person for whom the credential acts."""

    refusals = {ValidationError: lambda error: Invalid({"name": error.messages})}

    @operation("Get your account", responses.Me, text="The person for whom the credential acts.")
    def get(self, request: Request) -> HttpResponse:
        """Exactly id, email and name."""
        refuse_parameters(request)
        return success(responses.person_row(caller(request)))

    @operation("Change your name", responses.Me, body=MeSerializer)
    def patch(self, request: Request) -> HttpResponse:
        values = self.read_body(request, MeSerializer)
        user = caller(request)
        if "name" in values:
            rename_user(user, values["name"], client_of(request._request))
        return success(responses.person_row(user))
