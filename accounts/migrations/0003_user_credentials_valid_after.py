"""The moment that ends sessions and disables keys; accounts that are off now have it from the start."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def end_access_of_inactive_accounts(apps: Any, schema_editor: Any) -> None:
    """Nothing of theirs comes back when they are switched on again."""
    now = timezone.now()
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    users.filter(is_active=False).update(credentials_valid_after=now, oauth_valid_after=now)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_oauth_valid_after_alter_activity_event"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="credentials_valid_after",
            field=models.DateTimeField(
                editable=False,
                help_text="When the account was last switched off or on. Sessions, codes and tokens from before are dead, and keys disabled until they are enabled one by one.",
                null=True,
            ),
        ),
        migrations.RunPython(end_access_of_inactive_accounts, migrations.RunPython.noop, elidable=True),
    ]
