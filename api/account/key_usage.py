"""GET /v1/api-keys/{id}/usage: how much a key is used, by whom, and for what."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from api.account.key_access import APIKeyEndpoint, find_key
from api.account.serializers import MomentField
from api.account.usage_responses import Usage, bucket_row, caller_row, request_row
from api.envelope import success
from api.errors import Invalid
from api.schema.operation import operation
from apikeys.models import UsagePeriod
from apikeys.usage import reports, retention
from apikeys.usage.single_requests import recent_requests

MOST_BUCKETS = 400
EARLIEST = datetime.min.replace(tzinfo=UTC)
# When `from` is left out: 48 hours, 30 days.
SHOWN = {UsagePeriod.HOUR: timedelta(hours=47), UsagePeriod.DAY: timedelta(days=29)}


class APIKeyUsageView(APIKeyEndpoint):
    """How much one key is used."""

    @operation(
        "Get an API key's usage",
        Usage,
        errors=(404,),
        text=retention.IN_WORDS,
        parameters=(
            OpenApiParameter("from", datetime, description="RFC 3339. Default: 30 days, or 48 hours, ago."),
            OpenApiParameter("to", datetime, description="RFC 3339. Default: now."),
            OpenApiParameter("by", enum=UsagePeriod.values, default=UsagePeriod.DAY.value),
        ),
    )
    def get(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        period, start, end = _read_span(request)
        return success(
            {
                "buckets": [bucket_row(bucket) for bucket in reports.buckets(key, period, start, end)],
                "callers": [caller_row(caller) for caller in reports.callers(key, start, until=end)],
                "endpoints": [
                    {"method": method, "path": route, "requests": requests}
                    for method, route, requests in reports.endpoints(key, period, start, end)
                ],
                "recent": [request_row(each) for each in recent_requests(key)],
            }
        )


def _read_span(request: Request) -> tuple[UsagePeriod, datetime, datetime]:
    """The period, and from when to when. Raises Invalid with every fault."""
    details: dict[str, list[str]] = {}
    moments: dict[str, datetime] = {}
    period = UsagePeriod.DAY
    for name, values in request.query_params.lists():
        if name not in ("from", "to", "by"):
            details[name] = ["Unknown parameter."]
        elif len(values) > 1:
            details[name] = ["Give this once."]
        elif name == "by" and values[0] in UsagePeriod.values:
            period = UsagePeriod(values[0])
        elif name == "by":
            details[name] = [f"This must be one of: {', '.join(UsagePeriod.values)}."]
        else:
            try:
                moments[name] = MomentField().to_internal_value(values[0])
            except serializers.ValidationError as error:
                details[name] = [str(each) for each in error.detail]
    if details:
        raise Invalid(details)
    end = moments.get("to") or timezone.now()
    start = moments.get("from") or max(end, EARLIEST + SHOWN[period]) - SHOWN[period]
    if start > end:
        raise Invalid({"from": ["This must not be later than to."]})
    if reports.number_of_buckets(period, start, end) > MOST_BUCKETS:
        raise Invalid({"from": [f"From here to there are more than {MOST_BUCKETS} {period.value}s."]})
    return period, start, end
