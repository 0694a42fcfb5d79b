from django.db import migrations

from backend.common.sql.refusals import SetRefusal


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0002_callers_and_amendments'),
    ]

    operations = [
        SetRefusal(
            table='incidents_report',
            name='report_immutable',
            operation='UPDATE OR DELETE',
        ),
        SetRefusal(
            table='incidents_reportamendment',
            name='amendment_immutable',
            operation='UPDATE OR DELETE',
        ),
    ]
