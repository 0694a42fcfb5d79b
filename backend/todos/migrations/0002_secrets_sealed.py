"""What lets us into other systems is kept sealed from now on."""

from typing import Any

from django.db import migrations, models

from backend.common.sealing import sealed


def secrets_seal(apps: Any, _editor: Any) -> None:
    """Seal what is kept in clear."""
    for system in apps.get_model("todos", "TodoSystem").objects.exclude(secret=""):
        system.secret = sealed(system.secret, purpose="todo systems")
        system.save(update_fields=["secret"])


class Migration(migrations.Migration):
    """Room for the longer form, then one row after the other; a school has five at most."""

    dependencies = [("todos", "0001_initial")]

    operations = [
        migrations.AlterField("todosystem", "secret", models.CharField(blank=True, default="", help_text="Sealed.", max_length=1000)),
        migrations.RunPython(secrets_seal, migrations.RunPython.noop),
    ]
