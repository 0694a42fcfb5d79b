"""Who worked on a ticket, from the kinds of its events; and who was called to it and has not been forgotten since."""

from django.db import migrations

WORKERS = """
UPDATE workflow_ticket AS ticket SET workers = worked.people
FROM (
    SELECT event.ticket_id, array_agg(DISTINCT event.actor_id) AS people
    FROM workflow_ticketevent AS event JOIN workflow_ticket AS of_event ON of_event.id = event.ticket_id
    WHERE event.actor_id IS NOT NULL AND (
        event.kind IN ('record-interim-control', 'start', 'resolve', 'progress', 'contain')
        OR (event.kind = 'acknowledge' AND event.actor_id = of_event.assignee_id)
    )
    GROUP BY event.ticket_id
) AS worked
WHERE worked.ticket_id = ticket.id
"""
GRANTS = """
INSERT INTO workflow_ticketgrant (ticket_id, person_id, role, reason, since, until)
SELECT DISTINCT ticket.id, called.person_id, post.role, 'ladder', ticket.updated_at, NULL::timestamptz
FROM workflow_ticket AS ticket
CROSS JOIN LATERAL unnest(ticket.paged) AS called(person_id)
JOIN organisation_appointment AS held ON held.person_id = called.person_id
  AND held.starts_at <= statement_timestamp() AND (held.ends_at IS NULL OR held.ends_at > statement_timestamp())
JOIN organisation_post AS post ON post.id = held.post_id
WHERE post.role IN ('board_chair', 'bureau_officer')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0010_what_decided_sight'),
    ]

    operations = [
        migrations.RunSQL(WORKERS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
