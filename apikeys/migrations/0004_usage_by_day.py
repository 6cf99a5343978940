"""Counts by day, which are kept for years, from the counts by hour that there are."""

from typing import Any

from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import TruncDay


def add_days(apps: Any, schema_editor: Any) -> None:
    """Add up each key's hours."""
    usage = apps.get_model("apikeys", "APIKeyUsage")
    hours = usage.objects.filter(period="hour").annotate(day=TruncDay("at"))
    days = hours.values_list("key", "day").annotate(n=Sum("requests")).order_by("key", "day")
    usage.objects.bulk_create(
        (
            usage(key_id=key, period="day", at=day, outcome="ok", requests=requests)
            for key, day, requests in days
        ),
        batch_size=500,
    )


def remove_days(apps: Any, schema_editor: Any) -> None:
    """Take them out again."""
    apps.get_model("apikeys", "APIKeyUsage").objects.filter(period="day").delete()


class Migration(migrations.Migration):
    dependencies = [("apikeys", "0003_rotation_and_usage")]

    operations = [migrations.RunPython(add_days, remove_days)]
