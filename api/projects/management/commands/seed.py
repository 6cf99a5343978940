"""`seed EMAIL --projects N`: test data."""

import random
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.commands import user_by_email, whole_number
from accounts.models import User
from api.projects.models import Project, Status

MAX_PROJECTS = 100_000
BATCH_SIZE = 1000
SPREAD_OVER = timedelta(days=730)
CUSTOMERS = [
    "Northwind",
    "Harbour",
    "Lumen",
    "Atlas",
    "Juniper",
    "Meridian",
    "Saltmarsh",
    "Orchard",
    "Beacon",
    "Kestrel",
    "Foundry",
    "Tidewater",
]
KINDS = [
    "storefront",
    "landing page",
    "dashboard",
    "booking site",
    "newsletter",
    "documentation",
    "portfolio",
    "intranet",
    "survey",
]
TEMPLATES = [None, "blank", "shop", "blog", "docs"]


class Command(BaseCommand):
    """Prints how many projects it made."""

    help = "Give an account projects to look at: plausible names, dates over the last two years."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The owner and how much."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument(
            "--projects", metavar="N", required=True, help=f"How many, at most {MAX_PROJECTS}."
        )

    def handle(self, *, email: str, projects: str, **_: Any) -> None:
        """Create the projects or refuse with one line."""
        count = whole_number(projects, "--projects", most=MAX_PROJECTS)
        rows = _projects(user_by_email(email), count)
        while batch := list(islice(rows, BATCH_SIZE)):
            Project.objects.bulk_create(batch)
        self.stdout.write(str(count))


def _projects(owner: User, count: int) -> Iterator[Project]:
    """`count` projects, the oldest first; the same names and statuses in each run."""
    dice = random.Random(count)  # noqa: S311  test data, no secret
    now = timezone.now()
    for number in range(count):
        created = now - SPREAD_OVER * (count - number) / count
        name = f"{dice.choice(CUSTOMERS)} {dice.choice(KINDS)}"
        yield Project(
            owner=owner,
            name=name if count <= len(CUSTOMERS) else f"{name} {number + 1}",
            description=dice.choice(
                ["", f"Made for {name.partition(' ')[0]}.", "Second version, with the new design."]
            ),
            status=Status.ARCHIVED if dice.random() < 0.15 else Status.ACTIVE,
            template=dice.choice(TEMPLATES),
            created_at=created,
            updated_at=created + (now - created) * dice.random(),
        )
