"""A request as oauthlib takes it, and whom it counts for."""

from django.http import HttpRequest
from oauthlib.common import Request

from accounts.web.client import client_network, client_of
from api import quota
from api.oauth.protocol.server import server
from api.quota import Count
from api.quota.limits import windows_of_client


def oauthlib_request(request: HttpRequest, parameters: dict[str, str]) -> Request:
    """A request for oauthlib that holds the checked parameters and the Authorization header, nothing else."""
    header = request.META.get("HTTP_AUTHORIZATION")
    headers = {} if header is None else {"Authorization": header}
    made = Request(request.path, "POST", body=list(parameters.items()), headers=headers)
    made.craft_client = client_of(request)
    return made


def count_call(request: HttpRequest, oauth_request: Request) -> Count | None:
    """Count the call for its client and address (IPv6: its /64); unknown clients of one count together."""
    application = server().request_validator.identify_client(oauth_request)
    owner = f"oauth:{application.pk if application else '-'}:{client_network(request)}"
    return quota.count_call(owner, windows_of_client())
