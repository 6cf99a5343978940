"""How fast is an authenticated GET /v1/me? `python -m tests.services python -m tests.bench.bench_me`

Prints its ratio to a bare Django view that does one ORM get: in one process and one run, interleaved,
by CPU time of the process (the database's own work is left out on both sides). More than 1 is faster.
"""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.test.utils import override_settings, setup_test_environment
from django.urls import path

ROUNDS, CALLS = 40, 100


def bare(request: HttpRequest) -> JsonResponse:
    """The view one would write without a second thought, about the same person."""
    from accounts.models import User

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


def seconds(call: Callable[[], None]) -> float:
    """CPU seconds of the process for CALLS calls."""
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return time.process_time() - start


def measure() -> None:
    """Make two people with keys, one without limits and one whom they never reach, then measure."""
    from accounts.models import User
    from accounts.services import create_user
    from apikeys.services import create_key

    def person(plan: str) -> tuple[User, dict[str, str]]:
        user = create_user(email=f"{plan}@example.com", name="Bench", plan=plan)
        raw_key = create_key(user, name="Bench", permission="read-only")[1]
        return user, {"HTTP_AUTHORIZATION": f"Bearer {raw_key}"}

    (user, unlimited), (_, limited) = person("internal"), person("free")
    never_reached = {**settings.RATE_LIMITS, "free": (10**9, 10**9, 10**9)}
    with override_settings(ROOT_URLCONF=__name__, RATE_LIMITS=never_reached):
        calls = {
            "GET /v1/me with a key": caller(handler(), "/v1/me", **unlimited),
            "the same, counted": caller(handler(), "/v1/me", **limited),
            "bare view, no middleware": caller(handler(MIDDLEWARE=[]), f"/bare?pk={user.pk}"),
            "bare view, our middleware": caller(handler(), f"/bare?pk={user.pk}"),
        }
        times: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(ROUNDS + 1):
            for name, call in calls.items():
                spent = seconds(call)
                if number:  # the first round warms up
                    times[name].append(spent / CALLS * 1e6)
    medians = {name: statistics.median(spent) for name, spent in times.items()}
    ours = medians["GET /v1/me with a key"]
    lines = [f"{connection.vendor}, median of {ROUNDS} rounds of {CALLS} calls"]
    lines += [
        f"{name:28}{spent:7.0f} µs of CPU, {spent / ours:.2f} times ours" for name, spent in medians.items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Run against a database that is made for it and dropped again."""
    django.setup()
    setup_test_environment(debug=False)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        measure()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
