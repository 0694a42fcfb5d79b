"""A counted ticket can be merged."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0003_confidential_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='countedticket',
            name='state',
            field=models.CharField(choices=[('received', 'Received'), ('routed', 'With the office'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('waiting', 'Waiting for somebody outside'), ('resolved', 'Resolved, to be verified'), ('closed', 'Closed'), ('declined', 'Declined'), ('merged', 'Merged into another')], max_length=14),
        ),
    ]
