"""What GET /v1/api-keys/{id}/usage answers: as documented, and as made of what is counted.

Field names are the API's own.
"""

from typing import Any

from rest_framework import serializers

from api.envelope import rfc3339
from api.schema.responses import ResponseSerializer, timestamp
from apikeys.models import APIKeyRequest
from apikeys.usage import reports


class UsageBucket(ResponseSerializer):
    """One hour or day in UTC: how many requests ended so, and how many were of each kind."""

    at = timestamp()
    ok = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="401 and 403.")
    limited = serializers.IntegerField(help_text="429.")
    invalid = serializers.IntegerField(help_text="Other 4xx.")
    failed = serializers.IntegerField(help_text="5xx.")
    reads = serializers.IntegerField()
    writes = serializers.IntegerField()
    deletes = serializers.IntegerField()


class UsageCaller(ResponseSerializer):
    """Who used the key; `address` and `userAgent` are null where unknown, and for the sum of the rest."""

    address = serializers.IPAddressField(allow_null=True)
    userAgent = serializers.CharField(allow_null=True)
    publicId = serializers.CharField(help_text="Of the secret that was used.")
    requests = serializers.IntegerField()
    firstSeenAt = timestamp()
    lastSeenAt = timestamp()


class UsageEndpoint(ResponseSerializer):
    """A method and path that was called, ids left out."""

    method = serializers.CharField()
    path = serializers.CharField(help_text="A pattern such as `/v1/projects/{id}`.")
    requests = serializers.IntegerField()


class RecentCall(ResponseSerializer):  # the name of a body that is sent ends in Request, no other
    """One of the last 100 requests of the last 7 days."""

    at = timestamp()
    method = serializers.CharField()
    path = serializers.CharField()
    status = serializers.IntegerField()
    address = serializers.IPAddressField(allow_null=True)
    userAgent = serializers.CharField(allow_null=True)
    requestId = serializers.CharField()


class Usage(ResponseSerializer):
    """How much a key was used between two moments."""

    buckets = UsageBucket(many=True)
    callers = UsageCaller(many=True)
    endpoints = UsageEndpoint(many=True)
    recent = RecentCall(many=True)


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


def request_row(request: APIKeyRequest) -> dict[str, Any]:
    return {
        "at": rfc3339(request.at),
        "method": request.method,
        "path": request.route,
        "status": request.status,
        "address": request.address or None,
        "userAgent": request.agent or None,
        "requestId": request.request_id,
    }
