"""CPU time of GET /v1/me in this process, beside that of a bare Django view that does one ORM get.

The database's and Valkey's own work is left out on both sides; rounds take turns. It notices a slow-down,
see tests/bench/test_in_process.py.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test.utils import override_settings
from django.urls import path

from accounts.models import Plan, User
from accounts.services import create_user
from apikeys.services import create_key

ROUNDS, CALLS = 20, 50


def bare(request: HttpRequest) -> JsonResponse:
    """The view one would write without a second thought, about the same person."""
    user = User.objects.get(pk=request.GET["pk"])
    return JsonResponse({"id": user.uid, "email": user.email, "name": user.name})


urlpatterns = [path("bare", bare)]


def handler(**changed: Any) -> BaseHandler:
    """Django's entry point as it is under these settings."""
    with override_settings(**changed):
        return WSGIHandler()


def caller(application: Any, target: str, **headers: str) -> Callable[[], None]:
    """One request as a WSGI server would hand it in; asserts that it is answered with 200."""
    url, _, query = target.partition("?")

    def call() -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": url,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_USER_AGENT": "bench",
            "HTTP_ACCEPT": "*/*",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }
        status = ""

        def start_response(line: str, _: Any) -> None:
            nonlocal status
            status = line

        response = application(environ, start_response)
        b"".join(response)
        response.close()
        assert status == "200 OK", status

    return call


def measure() -> dict[str, float]:
    """How many times the CPU time of Craft's call the bare view takes: `counted`, and `uncounted`."""
    (user, uncounted), (_, counted) = _person(Plan.INTERNAL), _person(Plan.FREE)
    never_reached = {**settings.RATE_LIMITS, Plan.FREE: (10**9, 10**9, 10**9)}
    with override_settings(ROOT_URLCONF=__name__, RATE_LIMITS=never_reached):
        calls = {
            "uncounted": caller(handler(), "/v1/me", **uncounted),
            "counted": caller(handler(), "/v1/me", **counted),
            "bare": caller(handler(MIDDLEWARE=[]), f"/bare?pk={user.pk}"),
        }
        times: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(ROUNDS + 1):
            for name, call in calls.items():
                spent = _seconds(call)
                if number:  # the first round warms up
                    times[name].append(spent)
    bare_time = statistics.median(times.pop("bare"))
    return {name: bare_time / statistics.median(spent) for name, spent in times.items()}


def _person(plan: Plan) -> tuple[User, dict[str, str]]:
    user = create_user(email=f"{plan}@example.com", name="Bench", plan=plan)
    raw_key = create_key(user, name="Bench", permission="read-only")[1]
    return user, {"HTTP_AUTHORIZATION": f"Bearer {raw_key}"}


def _seconds(call: Callable[[], None]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return time.process_time() - start
