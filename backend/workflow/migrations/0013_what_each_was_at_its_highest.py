"""What each ticket was at its highest, and whether its reporter gave a name openly, from what its events say."""

from django.db import migrations

SEALS = """
UPDATE workflow_ticket AS ticket SET seal = greatest(ticket.confidentiality, was.highest)
FROM (
    SELECT event.ticket_id,
           max(greatest(
               payload.body ->> 'class', payload.body #>> '{changes,class,from}', payload.body #>> '{changes,class,to}'
           )) AS highest
    FROM workflow_ticketevent AS event JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
    WHERE event.kind IN ('opened', 'reclassify') GROUP BY event.ticket_id
) AS was
WHERE was.ticket_id = ticket.id
"""
MODES = """
UPDATE workflow_ticket AS ticket SET reporter_mode = 'confidential'
FROM workflow_ticketevent AS event JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
WHERE event.ticket_id = ticket.id AND event.kind = 'opened' AND payload.body ->> 'class' = 'K2'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0012_seals'),
    ]

    operations = [
        migrations.RunSQL(SEALS, migrations.RunSQL.noop),
        migrations.RunSQL(MODES, migrations.RunSQL.noop),
    ]
