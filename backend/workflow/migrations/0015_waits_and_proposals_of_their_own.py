"""Waits, proposals and those whom missed deadlines paged become rows of their own, open or over; what there is moves."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

WAITS = """
INSERT INTO workflow_ticketwait (id, ticket_id, party, since, until, ended_at)
SELECT gen_random_uuid(), id, '', waits[wait][1], waits[wait][2], waits[wait][2]
FROM (SELECT *, generate_subscripts(waits, 1) AS wait FROM workflow_ticket) AS ticket
UNION ALL
SELECT gen_random_uuid(), id, waiting_for, waiting_since, waiting_until, NULL
FROM workflow_ticket WHERE waiting_since IS NOT NULL
"""
LAST_WAITS = """
UPDATE workflow_ticket AS ticket SET last_wait_id = last.id
FROM (
    SELECT DISTINCT ON (ticket_id) ticket_id, id FROM workflow_ticketwait ORDER BY ticket_id, since DESC, ended_at DESC
) AS last
WHERE last.ticket_id = ticket.id
"""
PROPOSALS = """
INSERT INTO workflow_declineproposal (id, ticket_id, proposed_by_id, proposed_at, reason, ended_at)
SELECT gen_random_uuid(), ticket.id, ticket.decline_proposed_by_id, ticket.decline_proposed_at,
       coalesce((
           SELECT payload.body ->> 'note' FROM workflow_ticketevent AS event
           JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
           WHERE event.ticket_id = ticket.id AND event.kind = 'propose-decline' ORDER BY event.sequence DESC LIMIT 1
       ), ''),
       coalesce(ticket.declined_at, ticket.closed_at)
FROM workflow_ticket AS ticket WHERE ticket.decline_proposed_by_id IS NOT NULL
"""
OPEN_PROPOSALS = """
UPDATE workflow_ticket AS ticket SET declining_id = proposal.id FROM workflow_declineproposal AS proposal
WHERE proposal.ticket_id = ticket.id AND proposal.ended_at IS NULL
"""
PAGED = """
INSERT INTO workflow_pagedrung (ticket_id, clock, due_at, people)
SELECT event.ticket_id, payload.body ->> 'clock', (payload.body ->> 'due_at')::timestamptz,
       ARRAY(SELECT jsonb_array_elements_text(payload.body -> 'paged')::uuid)
FROM workflow_ticketevent AS event JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
WHERE event.kind = 'escalated' AND jsonb_array_length(payload.body -> 'paged') > 0
"""
DECIDED = """
UPDATE workflow_sealproposal AS proposal SET ended_at = now()
WHERE NOT EXISTS (SELECT FROM workflow_ticket WHERE lowering_id = proposal.id)
"""
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
"""Indexes cannot be made while the foreign keys of new rows are still to be checked."""


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0006_powers_wait_for_a_second_person'),
        ('workflow', '0014_seal_never_falls'),
    ]

    operations = [
        migrations.AddField(
            model_name='sealproposal',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='DeclineProposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('reason', models.TextField(help_text='Empty after an erasure.', max_length=4000)),
                ('ended_at', models.DateTimeField(null=True)),
                ('proposed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.ticket')),
            ],
        ),
        migrations.AddField(
            model_name='ticket',
            name='declining',
            field=models.ForeignKey(db_index=False, help_text='The proposal to decline it, while a second person has not decided.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.declineproposal'),
        ),
        migrations.CreateModel(
            name='PagedRung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clock', models.CharField(max_length=32)),
                ('due_at', models.DateTimeField()),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='TicketWait',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('party', models.CharField(help_text='For whom it waits; empty after an erasure.', max_length=120)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(help_text='When it is over by itself, at the latest.')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waits', to='workflow.ticket')),
            ],
        ),
        migrations.AddField(
            model_name='ticket',
            name='last_wait',
            field=models.ForeignKey(db_index=False, help_text='The wait it is in, or was in last since it was filed or reopened; most tickets never wait.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.ticketwait'),
        ),
        migrations.AddConstraint(
            model_name='declineproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('ticket',), name='one_decline_proposal_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='pagedrung',
            index=models.Index(fields=['ticket', 'due_at'], name='paged_rung_of_ticket'),
        ),
        migrations.AddConstraint(
            model_name='ticketwait',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('ticket',), name='one_wait_at_a_time'),
        ),
        migrations.RunSQL(
            [WAITS, LAST_WAITS, PROPOSALS, OPEN_PROPOSALS, PAGED, DECIDED, CHECKED], migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name='sealproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('ticket',), name='one_seal_proposal_at_a_time'),
        ),
    ]
