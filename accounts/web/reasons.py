"""Why a request was refused, for the log alone: noted where it is known, written where the answer leaves."""

from django.http import HttpRequest

KEY = "craft.reason"  # in the WSGI environment, in which no header can be named so


def note(request: HttpRequest, reason: str) -> None:
    """Keep the reason for the line of the log."""
    request.META[KEY] = reason


def noted(request: HttpRequest) -> str:
    """The reason that was noted; "" for none."""
    reason: str = request.META.get(KEY, "")
    return reason
