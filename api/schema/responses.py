"""What every answer may be made of, as documented.

Field names are the API's own. A test holds the answers of the live API against these.
"""

from typing import Any

from rest_framework import serializers

ResponseSerializer = serializers.Serializer[Any]


def timestamp(meaning: str, *, null: bool = False) -> serializers.DateTimeField:
    """A field that holds an RFC 3339 moment in UTC; `null` where there may be none."""
    return serializers.DateTimeField(allow_null=null, help_text=f"{meaning} RFC 3339, UTC, milliseconds.")


class Deleted(ResponseSerializer):
    """What was deleted."""

    id = serializers.CharField(allow_null=True, help_text="Of what was deleted; null for a session.")
    deleted = serializers.BooleanField(help_text="Always true.")


class Pagination(ResponseSerializer):
    """Where in a list an answer is."""

    page = serializers.IntegerField(help_text="The page this is, from 1.")
    limit = serializers.IntegerField(help_text="How many a page holds at most.")
    total = serializers.IntegerField(help_text="How many there are on all pages.")
    totalPages = serializers.IntegerField(help_text="How many pages there are; 0 when there is nothing.")
    hasMore = serializers.BooleanField(help_text="Whether there is a page after this one.")


class ErrorDetail(ResponseSerializer):
    """What is wrong. `details` maps each bad field or parameter to its reasons."""

    code = serializers.CharField(help_text="For programs: one of those on the page about errors.")
    message = serializers.CharField(help_text="For people.")
    details = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Each bad field or parameter with its reasons.",
    )
    retryAfter = serializers.IntegerField(required=False, help_text="Seconds.")


class Error(ResponseSerializer):
    """Every error."""

    success = serializers.BooleanField(default=False, help_text="Always false.")
    error = ErrorDetail()
