"""X-RateLimit-*: what is left, in the window with the fewest calls left."""

from django.http.response import HttpResponseBase

from api.answer_headers import put
from api.quota.windows import Count


def add_headers(response: HttpResponseBase, count: Count | None) -> None:
    """Set the four headers of a counted answer; an uncounted one has none."""
    if count is None:
        return
    put(
        response,
        {
            "x-ratelimit-limit": ("X-RateLimit-Limit", str(count.limit)),
            "x-ratelimit-remaining": ("X-RateLimit-Remaining", str(count.remaining)),
            "x-ratelimit-reset": ("X-RateLimit-Reset", str(count.reset)),
            "x-ratelimit-retryafter": ("X-RateLimit-RetryAfter", str(count.retry_after)),
        },
    )
    if count.is_refused:
        response["Retry-After"] = str(count.retry_after)
