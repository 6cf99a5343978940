"""The newest single requests of a key: those of one write are one row, as JSON.

With a row for each, those of busy keys would be deleted and inserted all the time, which was most of what
recording cost.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db.models import F, QuerySet, Sum, Window

from accounts.utils.many_rows import insert_rows
from apikeys.models import APIKey, APIKeyRequest, APIKeyRequestBatch
from apikeys.usage.batch import REQUESTS_KEPT, Use


class SingleRequest(NamedTuple):
    """One request with a key. Its values are stored in this order, as JSON."""

    at: datetime
    method: str
    route: str  # a pattern
    status: int
    address: str  # "" where unknown
    agent: str
    public_id: str  # of the secret
    request_id: str


def keep(uses_of_keys: Mapping[int, Sequence[Use]]) -> None:
    """Write what each key, by its primary key, was used for, oldest first; of all that, keep the newest."""
    rows = []
    replaced = []
    for key_id, uses in uses_of_keys.items():
        requests = [
            (at, method, route, status, client.ip or "", client.agent, public_id, request_id)
            for _, public_id, (client, method, route, request_id), at, status, _ in uses
        ]
        rows.append((key_id, uses[-1].at, len(requests), orjson.dumps(requests).decode()))
        if len(requests) == REQUESTS_KEPT:
            replaced.append(key_id)
    # No sum has to be worked out where all that is there goes.
    APIKeyRequestBatch.objects.filter(key__in=replaced).delete()
    insert_rows(APIKeyRequestBatch, ("key_id", "at", "count", "requests"), rows)
    others = APIKeyRequestBatch.objects.filter(key__in=uses_of_keys.keys() - set(replaced))
    newer = Window(Sum("count"), partition_by="key", order_by=F("pk").desc()) - F("count")
    bygone = others.annotate(newer=newer).filter(newer__gte=REQUESTS_KEPT)
    APIKeyRequestBatch.objects.filter(pk__in=bygone.values("pk")).delete()


def recent_requests(key: APIKey, most: int = REQUESTS_KEPT) -> list[SingleRequest]:
    """The newest of a key, the newest first."""
    found = [
        SingleRequest(datetime.fromisoformat(at), *others)
        for (requests,) in key.request_batches.order_by("-pk").values_list("requests")[:most]
        for at, *others in reversed(orjson.loads(requests))
    ]
    found += itertools.starmap(SingleRequest, _of_release_before(key)[:most])
    return sorted(found, key=lambda request: request.at, reverse=True)[:most]


def count_requests(key: APIKey) -> int:
    """How many `recent_requests` has."""
    count: int = key.request_batches.aggregate(n=Sum("count"))["n"] or 0
    return min(count + _of_release_before(key).count(), REQUESTS_KEPT)


def _of_release_before(key: APIKey) -> QuerySet[APIKeyRequest, tuple[Any, ...]]:
    """What it wrote, a row each; goes with that table in the release after this one."""
    return APIKeyRequest.objects.filter(key=key).order_by("-pk").values_list(*SingleRequest._fields)
