"""X-RateLimit-*: what is left, in the window with the fewest calls left."""

from django.http.response import HttpResponseBase

from api.quota.windows import Count


def add_headers(response: HttpResponseBase, count: Count | None) -> None:
    """Set the four headers of a counted answer; an uncounted one has none."""
    if count is None:
        return
    response["X-RateLimit-Limit"] = str(count.limit)
    response["X-RateLimit-Remaining"] = str(count.remaining)
    response["X-RateLimit-Reset"] = str(count.reset)
    response["X-RateLimit-RetryAfter"] = str(count.retry_after)
    if count.is_refused:
        response["Retry-After"] = str(count.retry_after)
