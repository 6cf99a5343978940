from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Sum


def add_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What each project's stored objects hold together."""
    projects = apps.get_model("projects", "Project")
    objects = apps.get_model("projects", "StoredObject").objects.filter(project__isnull=False)
    for project, size in objects.values_list("project").annotate(total=Sum("size")).iterator():
        projects.objects.filter(pk=project).update(stored_bytes=size or 0)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0003_taken_down"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="stored_bytes",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
