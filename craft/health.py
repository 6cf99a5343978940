"""GET /health: whether this process can do its work, for load balancers and people on call."""

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from api.envelope import json_response
from api.quota.counter import counter

log = logging.getLogger("craft.health")


def show_health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503. Without Redis calls are served, but nothing is limited."""
    database = _database_answers()
    body = {"status": "ok" if database else "failing", "database": database, "rateLimits": _rate_limits()}
    return json_response(body, status=200 if database else 503, headers={"Cache-Control": "no-store"})


def _rate_limits() -> str:
    if not settings.REDIS_URL:
        return "counted in each process"
    counter().probe()
    return "off, Redis is away" if counter().is_away else "shared"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("the database does not answer")
        return False
    return True
