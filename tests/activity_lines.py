"""The security log as tests need it: moved in time, without some lines. No code of Craft's can do that."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Activity


def change(lines: "QuerySet[Activity] | None" = None, **changes: Any) -> None:
    """Write something else into the lines; without any named, into all."""
    QuerySet.update(Activity.objects.all() if lines is None else lines, **changes)


def forget(lines: "QuerySet[Activity] | None" = None) -> None:
    """Take the lines out of the log; without any named, all."""
    QuerySet.delete(Activity.objects.all() if lines is None else lines)
