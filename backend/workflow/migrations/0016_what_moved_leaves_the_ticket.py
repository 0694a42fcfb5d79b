"""What moved to tables of its own leaves the ticket, and who fixed it, which nothing asks; no release had them yet."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0015_waits_and_proposals_of_their_own'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='ticket',
            name='decline_proposed_at',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='decline_proposed_by',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='fixer',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='waiting_for',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='waiting_since',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='waiting_until',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='waits',
        ),
    ]
