"""Former reports take over from their tickets whether a name was given openly; the trigger that keeps them rests."""

from django.db import migrations

MODES = """
ALTER TABLE incidents_report DISABLE TRIGGER USER;
UPDATE incidents_report AS report SET reporter_mode = ticket.reporter_mode
FROM workflow_ticket AS ticket
WHERE ticket.id = report.ticket_id AND ticket.reporter_mode <> report.reporter_mode;
ALTER TABLE incidents_report ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0004_reporter_mode'),
        ('workflow', '0013_what_each_was_at_its_highest'),
    ]

    operations = [
        migrations.RunSQL(MODES, migrations.RunSQL.noop),
    ]
