"""The view that every endpoint of /v1 is: DRF's APIView without what one fixed format does not need."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ClassVar, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.web.client import ActingCredential, client_network, note_credential
from api import quota
from api.credentials import Credential
from api.envelope import rfc3339
from api.errors import TooManyRequests
from api.fields import BodySerializer
from api.pagination import Listing, read_listing, refuse_parameters
from api.parsers import read_object
from api.quota import Count, Window
from api.quota.headers import add_headers
from api.quota.limits import owner_of, windows_of, windows_of_address

TOLD_BEFORE_END = timedelta(days=14)


class Endpoint(APIView):
    """One resource. Answers with `api.envelope`; raises `api.errors`.

    What DRF makes anew for each request (authenticators, parsers, permissions, negotiator) is made
    once a class here: none of it holds state.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None
    needs_credential = True
    sorts: ClassVar[dict[str, str]] = {}  # of a list: name in the API → name in the ORM
    filters: ClassVar[dict[str, list[str]]] = {}  # of a list: name → the values it takes
    limited_methods: ClassVar[dict[str, str]] = {}  # method → the name of its own limit in RATE_LIMITS
    # What a rule refuses with → the error that is answered. The first that fits.
    refusals: ClassVar[Mapping[type[Exception], Callable[[Any], APIException]]] = {}
    rate_limit: Count | None = None  # what counting this call found
    ends_at: datetime | None = None  # when the credential stops by itself, if its caller should know
    note_answer: Callable[[int], None] | None = None  # wants to know how the call is answered
    _shared: ClassVar[tuple[list[BaseAuthentication], list[BaseParser], list[BasePermission]]]
    _negotiator = DefaultContentNegotiation()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the shared parts from the classes that settings and the subclass name."""
        super().__init_subclass__(**kwargs)
        # Django does so with each view, which then refers to itself: only the garbage collector frees it, and
        # with it thirty objects of a call.
        if (get := getattr(cls, "get", None)) is not None and not hasattr(cls, "head"):
            setattr(cls, "head", get)  # noqa: B010  the types know of no such attribute
        cls._shared = (
            [make() for make in cls.authentication_classes],
            [make() for make in cls.parser_classes],
            cast("list[BasePermission]", [make() for make in cls.permission_classes]),
        )

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """As Django's and DRF's, which look at each call for what every class here has: 3 µs."""

        @wraps(super().as_view(**initkwargs))
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            made = cls(**initkwargs)
            made.args, made.kwargs = args, kwargs
            return made.dispatch(request, *args, **kwargs)

        return view

    def get_authenticators(self) -> list[BaseAuthentication]:
        return self._shared[0]

    def get_parsers(self) -> list[BaseParser]:
        return self._shared[1]

    def get_permissions(self) -> list[BasePermission]:
        return self._shared[2]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """DRF's, without the headers that it works out for each answer, which are not sent here."""
        context = {"view": self, "args": args, "kwargs": kwargs}
        self.request = called = Request(request, self._shared[1], self._shared[0], self._negotiator, context)
        try:
            self.initial(called, *args, **kwargs)
            name = (request.method or "").lower()
            handler = getattr(self, name, None) if name in self.http_method_names else None
            response = (handler or self.http_method_not_allowed)(called, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  what is no answer goes up from there
            response = self.handle_exception(error)
        response = self.finalize_response(called, response, *args, **kwargs)
        # It leads back to request and view: thirty objects a call that only the garbage collector frees.
        context.clear()
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Credential, then quota, then scope; the method, the object and the body come after."""
        refusal: AuthenticationFailed | NotAuthenticated | None = None
        found = None
        try:
            found = self._authenticate(request)
        except AuthenticationFailed as error:
            refusal = error
            self.note_answer = getattr(error, "note_answer", None)
        if found is None:
            self._count(f"address:{client_network(request._request)}", windows_of_address())
            if refusal is not None or self.needs_credential:
                raise refusal or NotAuthenticated
            return
        user, credential = found
        self.ends_at, self.note_answer = credential.ends_at, credential.note_answer
        acting = ActingCredential(credential.kind, credential.id or "", credential.name or "")
        note_credential(request._request, acting)
        extra = self.limited_methods.get(request._request.method or "", "")
        self._count(owner_of(user), windows_of(user, extra))
        credential.check_request(request._request)
        self.check_permissions(request)

    def _authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """As DRF's, which asks lazily, and wraps what goes wrong: a fortieth of a call by key."""
        request.user, request.auth = AnonymousUser(), None  # else who reads them after a refusal looks again
        for authenticator in self._shared[0]:
            found = cast("tuple[User, Credential] | None", authenticator.authenticate(request))
            if found is not None:
                request.user, request.auth = found
                return found
        return None

    def _count(self, owner: str, windows: list[Window]) -> None:
        """Count the call. Raises TooManyRequests when a window is full."""
        self.rate_limit = quota.count_call(owner, windows)
        if self.rate_limit is not None and self.rate_limit.is_refused:
            raise TooManyRequests(self.rate_limit.retry_after)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Say what is left of what was counted, and what ends soon."""
        add_headers(response, self.rate_limit)
        # While there is time to exchange it.
        if self.ends_at is not None and self.ends_at - timezone.now() <= TOLD_BEFORE_END:
            response["Craft-Key-Ends"] = str(rfc3339(self.ends_at))
        if self.note_answer is not None:
            self.note_answer(response.status_code)
        return response

    def read_listing(self, request: Request) -> Listing:
        """What a list is asked for. Raises Invalid."""
        return read_listing(request, sorts=self.sorts, filters=self.filters)

    def read_body(self, request: Request, serializer: type[BodySerializer]) -> dict[str, Any]:
        """The checked fields of the JSON object in the body, by their names in the rules.

        For what takes no query parameters. Raises what read_object raises, then Invalid.
        """
        body = serializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a rule's refusal as `refusals` says, any other error by EXCEPTION_HANDLER."""
        for refusal, answer in self.refusals.items():
            if isinstance(exc, refusal):
                return super().handle_exception(answer(exc))
        return super().handle_exception(exc)

    def raise_uncaught_exception(self, exc: Exception) -> Any:
        """Up to the middleware, which answers 500 in JSON."""
        if self.note_answer is not None:
            self.note_answer(status.HTTP_500_INTERNAL_SERVER_ERROR)
        raise exc


def caller(request: Request) -> User:
    """The user for whom an authenticated request acts."""
    return cast("User", request.user)


def credential_of(request: Request) -> Credential:
    """The credential of an authenticated request."""
    return cast("Credential", request.auth)
