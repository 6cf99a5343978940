"""Deleting many rows without one long transaction, and without two processes in each other's way."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction

BATCH_SIZE = 500


def change_in_batches(
    rows: "models.QuerySet[Any]", change: "Callable[[Any], bool]", size: int = BATCH_SIZE
) -> int:
    """Have `change` look at each row once, locked, `size` rows a transaction; return how many it changed.

    It saves the row itself, and says whether it did. Rows that another process has locked are left out: they
    are for the next time. What was done before a kill stays done.
    """
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            locked = rows.filter(pk__gt=last).select_for_update(skip_locked=True).order_by("pk")
            batch = list(locked[:size])
            if not batch:
                return changed
            changed += sum(map(change, batch))
            last = batch[-1].pk


def delete_in_batches(
    rows: "models.QuerySet[Any]",
    size: int = BATCH_SIZE,
    delete: "Callable[[models.QuerySet[Any]], object]" = lambda batch: batch.delete(),
) -> int:
    """Delete what the queryset holds, `size` rows a transaction; return how many of its rows went.

    Rows that another process is deleting already are left to it, so that two at once never wait for
    each other in a circle. What depends on a row goes with it and is not counted. `delete`: how, where
    the rows themselves refuse to be deleted.
    """
    deleted, later = 0, rows
    while True:
        with transaction.atomic():
            locked = later.select_for_update(skip_locked=True).order_by("pk")
            batch = list(locked.values_list("pk", flat=True)[:size])
            if not batch:
                return deleted
            delete(rows.model._base_manager.filter(pk__in=batch))
        deleted += len(batch)
        later = rows.filter(pk__gt=batch[-1])  # what is kept before it is not read again
