from django.db import migrations

from backend.common.sql.refusals import SetRefusal


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0013_what_each_was_at_its_highest'),
    ]

    operations = [
        SetRefusal(
            table='workflow_ticket',
            name='ticket_seal_never_falls',
            operation='UPDATE',
            condition='NEW.seal < OLD.seal',
        ),
    ]
