"""What a person can judge an app by that the app cannot choose: how many people use it."""

from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from api.oauth.models import Application, Grant

MOST_COUNTED = 1_000  # an index is read that far and no farther, however popular the app


class _CountOf(Subquery):
    """The number of rows that a query with an end finds, for each row of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_people(app: Application) -> int:
    """How many people let the app act for them; MOST_COUNTED + 1 for more than that. One query."""
    return Grant.objects.filter(application=app)[: MOST_COUNTED + 1].count()


def with_people(grants: "QuerySet[Grant]") -> "QuerySet[Any]":
    """Grants, each with `people` as count_people counts those of its app: in the same query."""
    of_app = Grant.objects.filter(application=OuterRef("application")).order_by().values("pk")
    return grants.annotate(people=_CountOf(of_app[: MOST_COUNTED + 1]))


def people_in_words(count: int) -> str:
    """`1 person`, `12 people`, `More than 1,000 people`."""
    if count > MOST_COUNTED:
        return f"More than {MOST_COUNTED:,} people"
    return f"{count:,} {'person' if count == 1 else 'people'}" if count else "Nobody yet"
