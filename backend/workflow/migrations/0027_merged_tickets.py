"""Tickets that are merged into another one, and the changes of state that lead there and back."""

import backend.common.sql.refusals
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0014_telephone_numbers'),
        ('workflow', '0026_promised_dates'),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketMerge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('merged_at', models.DateTimeField()),
                ('state_before', models.CharField(choices=[('received', 'Received'), ('routed', 'With the office'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('waiting', 'Waiting for somebody outside'), ('resolved', 'Resolved, to be verified'), ('closed', 'Closed'), ('declined', 'Declined'), ('merged', 'Merged into another')], help_text='The state to which undoing it leads back.', max_length=14)),
                ('ended_at', models.DateTimeField(help_text='When it was undone.', null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='ticket',
            name='state',
            field=models.CharField(choices=[('received', 'Received'), ('routed', 'With the office'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('waiting', 'Waiting for somebody outside'), ('resolved', 'Resolved, to be verified'), ('closed', 'Closed'), ('declined', 'Declined'), ('merged', 'Merged into another')], default='received', max_length=14),
        ),
        backend.common.sql.refusals.SetRefusal(
            table='workflow_ticket',
            name='ticket_state_machine',
            operation='UPDATE',
            condition="OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('received', 'routed'), ('received', 'acknowledged'), ('received', 'closed'), ('received', 'declined'), ('received', 'merged'), ('routed', 'acknowledged'), ('routed', 'closed'), ('routed', 'declined'), ('routed', 'merged'), ('acknowledged', 'in_progress'), ('acknowledged', 'declined'), ('acknowledged', 'merged'), ('in_progress', 'waiting'), ('in_progress', 'resolved'), ('in_progress', 'declined'), ('in_progress', 'merged'), ('waiting', 'in_progress'), ('waiting', 'resolved'), ('waiting', 'merged'), ('resolved', 'in_progress'), ('resolved', 'closed'), ('closed', 'in_progress'), ('declined', 'received'), ('merged', 'received'), ('merged', 'routed'), ('merged', 'acknowledged'), ('merged', 'in_progress'))",
        ),
        migrations.AddField(
            model_name='ticketmerge',
            name='into',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.ticket'),
        ),
        migrations.AddField(
            model_name='ticketmerge',
            name='merged_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person'),
        ),
        migrations.AddField(
            model_name='ticketmerge',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.ticket'),
        ),
        migrations.AddIndex(
            model_name='ticketmerge',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['into'], name='merged_into'),
        ),
        migrations.AddConstraint(
            model_name='ticketmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('ticket',), name='merged_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ticketmerge',
            constraint=models.CheckConstraint(condition=models.Q(('ticket', models.F('into')), _negated=True), name='merged_into_another'),
        ),
    ]
