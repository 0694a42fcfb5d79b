"""The tickets that wait for somebody outside, by an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0013_school_country'),
        ('rulebook', '0003_plain_triggers'),
        ('workflow', '0021_openings_as_papers'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['school', 'next_due_at', 'id'], name='ticket_waiting'),
        ),
    ]
