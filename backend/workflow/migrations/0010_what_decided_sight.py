"""The database keeps what decided who saw a ticket, whoever changes it."""

from django.db import migrations

from backend.common.sql.refusals import SetRefusal

REMEMBER = """
CREATE FUNCTION ticket_remember_sight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workflow_sightchange (ticket_id, school_id, at, confidentiality, owner_id, assignee_id)
    VALUES (OLD.id, OLD.school_id, NEW.updated_at, OLD.confidentiality, OLD.owner_id, OLD.assignee_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER ticket_remembers_who_saw_it
AFTER UPDATE OF owner_id, assignee_id, confidentiality ON workflow_ticket FOR EACH ROW
WHEN (
    OLD.owner_id <> NEW.owner_id OR OLD.confidentiality <> NEW.confidentiality
    OR (OLD.assignee_id IS NOT NULL AND OLD.assignee_id IS DISTINCT FROM NEW.assignee_id)
)
EXECUTE FUNCTION ticket_remember_sight();
"""
FORGET = """
DROP TRIGGER ticket_remembers_who_saw_it ON workflow_ticket;
DROP FUNCTION ticket_remember_sight();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0009_who_may_know'),
    ]

    operations = [
        migrations.RunSQL(REMEMBER, FORGET),
        SetRefusal(table='workflow_sightchange', name='sight_change_is_kept', operation='UPDATE OR DELETE'),
        SetRefusal(table='workflow_ticketopening', name='opening_is_kept', operation='UPDATE OR DELETE'),
    ]
