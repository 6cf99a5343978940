"""What every answer may be made of, as documented.

Field names are the API's own. A test holds the answers of the live API against these.
"""

from typing import Any

from rest_framework import serializers

ResponseSerializer = serializers.Serializer[Any]


def timestamp(*, null: bool = False) -> serializers.DateTimeField:
    """A field that holds an RFC 3339 moment in UTC; `null` where there may be none."""
    return serializers.DateTimeField(allow_null=null, help_text="RFC 3339, UTC, milliseconds.")


class Deleted(ResponseSerializer):
    """What was deleted."""

    id = serializers.CharField(allow_null=True)
    deleted = serializers.BooleanField()


class Pagination(ResponseSerializer):
    """Where in a list an answer is."""

    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total = serializers.IntegerField()
    totalPages = serializers.IntegerField()
    hasMore = serializers.BooleanField()


class ErrorDetail(ResponseSerializer):
    """What is wrong. `details` maps each bad field or parameter to its reasons."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    retryAfter = serializers.IntegerField(required=False, help_text="Seconds.")


class Error(ResponseSerializer):
    """Every error."""

    success = serializers.BooleanField(default=False)
    error = ErrorDetail()
