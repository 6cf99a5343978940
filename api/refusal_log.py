"""One line of the log for each call that was refused; one that was answered has none."""

import logging
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from accounts.web import reasons
from accounts.web.client import client_address
from apikeys.tokens import find_shown_id

PATH_LENGTH = 500  # characters; a longer one is cut
log = logging.getLogger("craft.refused")


def write_refusal(request: HttpRequest, response: HttpResponseBase, began_at: float) -> None:
    """Log who asked for what and how it was refused. `began_at` by time.perf_counter.

    Never a query string, a body or a header. Tokens and mailed links in the path are masked where all that
    is logged is.
    """
    facts = {
        "method": request.method,
        "path": escape_uri_path(request.path)[:PATH_LENGTH],
        "status": response.status_code,
        "ms": round((perf_counter() - began_at) * 1000),
        "address": client_address(request) or "-",
        "credential": find_shown_id(request.META.get("HTTP_AUTHORIZATION", "")) or "-",
        "reason": reasons.noted(request),
    }
    log.log(
        logging.ERROR if response.status_code >= 500 else logging.WARNING,
        "%(method)s %(path)s %(status)d in %(ms)d ms for %(address)s with %(credential)s%(reason)s",
        facts | {"reason": facts["reason"] and f": {facts['reason']}"},
        extra=facts,
    )
