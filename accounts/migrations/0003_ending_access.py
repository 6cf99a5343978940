"""The moment that ends sessions and disables keys, which accounts that are off now have from the start.

And indexes: of the activity list, and of what the admin searches by.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from accounts.utils.prefix_index import prefix_index


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
        migrations.AlterField(
            model_name="activity",
            name="event",
            field=models.CharField(
                choices=[
                    ("signup", "Account created"),
                    ("login", "Signed in"),
                    ("login_failed", "Sign-in failed"),
                    ("logout", "Signed out"),
                    ("sessions_ended", "Signed out everywhere"),
                    ("password_changed", "Password changed"),
                    ("password_reset", "Password reset by e-mail"),
                    ("staff_changed", "Staff rights changed"),
                    ("profile_changed", "Profile changed"),
                    ("key_created", "API key created"),
                    ("key_changed", "API key changed"),
                    ("key_enabled", "API key enabled"),
                    ("key_deleted", "API key deleted"),
                    ("key_restored", "API key restored"),
                    ("key_revoked", "API key revoked"),
                    ("app_created", "App registered"),
                    ("app_changed", "App changed"),
                    ("app_deleted", "App deleted"),
                    ("secret_created", "Client secret created"),
                    ("secret_dropped", "Client secret dropped"),
                    ("grant_created", "App connected"),
                    ("grant_extended", "App given more access"),
                    ("grant_revoked", "App disconnected"),
                    ("deployment_taken_down", "Published page taken down"),
                    ("token_reuse", "App disconnected: its token was used twice"),
                ],
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="activity",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="activity",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["user", "event", "-at", "-id"], name="activity_by_user_event"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("credential", ""), _negated=True),
                fields=["credential"],
                name="activity_by_credential",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("ip__isnull", False)), fields=["ip"], name="activity_by_ip"
            ),
        ),
        prefix_index("user_email_prefix", "accounts_user", "email"),
        prefix_index("user_name_prefix", "accounts_user", "name"),
        migrations.RunPython(end_access_of_inactive_accounts, migrations.RunPython.noop, elidable=True),
    ]
