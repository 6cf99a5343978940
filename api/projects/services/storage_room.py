"""How many bytes an account may hold: the total of its plan (STORAGE_BYTES).

What counts is what the storage holds for the account's projects: each version of a file that is the newest,
or that a deployment has, once. A deployment of unchanged files costs nothing.
"""

from django.conf import settings
from django.db.models import Sum

from accounts.models import User
from accounts.utils.sizes import use_in_words
from api.projects.models import Project


class StorageFull(Exception):
    """The account holds as much as its plan allows; the message says how much that is."""


def used_bytes(owner: User) -> int:
    """What the account holds."""
    used: int | None = Project.objects.filter(owner=owner).aggregate(used=Sum("stored_bytes"))["used"]
    return used or 0


def check_room(owner: User, growth: int) -> None:
    """Raise StorageFull when the account may not hold so many bytes more.

    Exact while the owner is locked (services.projects.lock_project); before, it spares reading what would be
    refused. What makes it no more is never refused, also above the total: a plan may have become smaller.
    """
    limit: int | None = settings.STORAGE_BYTES.get(owner.plan)
    if limit is None or growth <= 0:
        return
    used = used_bytes(owner)
    if used + growth > limit:
        raise StorageFull(f"There is no room for this file. You have used {use_in_words(used, limit)}.")
