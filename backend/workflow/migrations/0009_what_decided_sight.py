"""The database keeps what decided who saw a ticket, whoever changes it; and nobody changes these records."""

from django.db import migrations

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
KEEP = """
CREATE FUNCTION sight_record_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused: % of %', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER sight_change_is_kept BEFORE UPDATE OR DELETE ON workflow_sightchange FOR EACH ROW
EXECUTE FUNCTION sight_record_keep();
CREATE TRIGGER opening_is_kept BEFORE UPDATE OR DELETE ON workflow_ticketopening FOR EACH ROW
EXECUTE FUNCTION sight_record_keep();
"""
LET_GO = """
DROP TRIGGER sight_change_is_kept ON workflow_sightchange;
DROP TRIGGER opening_is_kept ON workflow_ticketopening;
DROP FUNCTION sight_record_keep();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0008_who_may_know'),
    ]

    operations = [
        migrations.RunSQL(REMEMBER, FORGET),
        migrations.RunSQL(KEEP, LET_GO),
    ]
