"""Indexes that another one begins with, or that nothing asks, are no longer kept up with each change of a ticket.

Of proposals to open a sealed ticket to more people, an index of those few tickets takes the place of one of all.
"""

import django.db.models.deletion
from django.db import migrations, models

DROPPED = {
    'workflow_ticket_lowering_id_e66182fc': 'workflow_ticket (lowering_id)',
    'workflow_ticket_reference_f8c54e47_like': 'workflow_ticket (reference varchar_pattern_ops)',
    'workflow_ticket_rulebook_id_80f37af6': 'workflow_ticket (rulebook_id)',
    'workflow_ticketevent_ticket_id_1cd62cff': 'workflow_ticketevent (ticket_id)',
}
"""By name, so that foreign keys need not be checked anew, which would lock and read all tickets."""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0003_plain_triggers'),
        ('workflow', '0022_waiting_tickets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('lowering__isnull', False)), fields=['school', 'next_due_at', 'id'], name='ticket_lowering'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f'DROP INDEX {name}', f'CREATE INDEX {name} ON {columns}')
                for name, columns in DROPPED.items()
            ],
            state_operations=[
                migrations.AlterField('ticket', 'lowering', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.sealproposal', help_text='The proposal to open it to more people, while a second person has not decided.')),
                migrations.AlterField('ticket', 'rulebook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.rulebookversion')),
                migrations.AlterField('ticketevent', 'ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='workflow.ticket')),
            ],
        ),
    ]
