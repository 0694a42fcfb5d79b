from django.db import migrations

from backend.common.sql.refusals import SetRefusal


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0002_checks_and_uses'),
    ]

    operations = [
        SetRefusal(
            table='rulebook_rulebookversion',
            name='rulebook_version_immutable',
            operation='UPDATE OR DELETE',
        ),
    ]
