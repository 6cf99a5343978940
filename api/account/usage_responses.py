"""What GET /v1/api-keys/{id}/usage answers: as documented, and as made of what is counted.

Field names are the API's own.
"""

from typing import Any

from rest_framework import serializers

from api.envelope import rfc3339
from api.schema.responses import ResponseSerializer, timestamp
from apikeys.usage import reports
from apikeys.usage.single_requests import SingleRequest


class UsageBucket(ResponseSerializer):
    """One hour or day in UTC: how many requests ended so, and how many were of each kind."""

    at = timestamp("When the hour or day begins.")
    ok = serializers.IntegerField(help_text="Requests that were answered 2xx or 304.")
    refused = serializers.IntegerField(help_text="401 and 403.")
    limited = serializers.IntegerField(help_text="429.")
    invalid = serializers.IntegerField(help_text="Other 4xx.")
    failed = serializers.IntegerField(help_text="5xx.")
    reads = serializers.IntegerField(help_text="GET and HEAD.")
    writes = serializers.IntegerField(help_text="POST, PUT and PATCH.")
    deletes = serializers.IntegerField(help_text="DELETE.")


class UsageCaller(ResponseSerializer):
    """Who used the key; `address` and `userAgent` are null where unknown, and for the sum of the rest."""

    address = serializers.IPAddressField(
        allow_null=True, help_text="Where it called from; null where unknown."
    )
    userAgent = serializers.CharField(
        allow_null=True, help_text="The program that called; null where unknown."
    )
    publicId = serializers.CharField(help_text="Of the secret that was used.")
    requests = serializers.IntegerField(help_text="How many.")
    firstSeenAt = timestamp("The first of them.")
    lastSeenAt = timestamp("The last of them.")


class UsageEndpoint(ResponseSerializer):
    """A method and path that was called, ids left out."""

    method = serializers.CharField(help_text="The HTTP method.")
    path = serializers.CharField(help_text="A pattern such as `/v1/projects/{id}`.")
    requests = serializers.IntegerField(help_text="How many.")


class RecentCall(ResponseSerializer):  # the name of a body that is sent ends in Request, no other
    """One of the last 100 requests of the last 7 days."""

    at = timestamp("When it came.")
    method = serializers.CharField(help_text="The HTTP method.")
    path = serializers.CharField(help_text="A pattern such as `/v1/projects/{id}`.")
    status = serializers.IntegerField(help_text="What it was answered.")
    address = serializers.IPAddressField(allow_null=True, help_text="Where it came from; null where unknown.")
    userAgent = serializers.CharField(
        allow_null=True, help_text="The program that called; null where unknown."
    )
    requestId = serializers.CharField(help_text="As in `X-Request-ID` of the answer.")


class Usage(ResponseSerializer):
    """How much a key was used between two moments."""

    buckets = UsageBucket(many=True, help_text="Each hour or day of the span, empty ones too.")
    callers = UsageCaller(many=True, help_text="Who called, the last seen first.")
    endpoints = UsageEndpoint(many=True, help_text="What was called, the most called first.")
    recent = RecentCall(many=True, help_text="The last requests, the newest first.")


def bucket_row(bucket: reports.Bucket) -> dict[str, Any]:
    return {
        "at": rfc3339(bucket.at),
        **{outcome.value: count for outcome, count in bucket.outcomes.items()},
        "reads": bucket.reads,
        "writes": bucket.writes,
        "deletes": bucket.deletes,
    }


def caller_row(caller: reports.Caller) -> dict[str, Any]:
    return {
        "address": caller.address or None,
        "userAgent": caller.agent or None,
        "publicId": caller.public_id,
        "requests": caller.requests,
        "firstSeenAt": rfc3339(caller.first_at),
        "lastSeenAt": rfc3339(caller.last_at),
    }


def request_row(request: SingleRequest) -> dict[str, Any]:
    return {
        "at": rfc3339(request.at),
        "method": request.method,
        "path": request.route,
        "status": request.status,
        "address": request.address or None,
        "userAgent": request.agent or None,
        "requestId": request.request_id,
    }
