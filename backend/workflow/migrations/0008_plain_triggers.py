from django.db import migrations

from backend.common.sql.refusals import SetRefusal


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0007_event_formats'),
    ]

    operations = [
        SetRefusal(
            table='workflow_ticket',
            name='ticket_state_machine',
            operation='UPDATE',
            condition=(
                "OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ("
                "('received', 'routed'), ('received', 'acknowledged'), ('received', 'closed'), ('received', 'declined'), "
                "('routed', 'acknowledged'), ('routed', 'closed'), ('routed', 'declined'), ('acknowledged', 'in_progress'), "
                "('acknowledged', 'declined'), ('in_progress', 'waiting'), ('in_progress', 'resolved'), ('in_progress', 'declined'), "
                "('waiting', 'in_progress'), ('waiting', 'resolved'), ('resolved', 'in_progress'), ('resolved', 'closed'), "
                "('closed', 'in_progress'), ('declined', 'received'))"
            ),
        ),
        SetRefusal(
            table='workflow_ticket',
            name='ticket_opens_as_received',
            operation='INSERT',
            condition="NEW.state <> 'received'",
        ),
        SetRefusal(
            table='workflow_ticket',
            name='ticket_is_never_deleted',
            operation='DELETE',
        ),
        SetRefusal(
            table='workflow_ticketevent',
            name='event_immutable',
            operation='UPDATE OR DELETE',
        ),
        SetRefusal(
            table='workflow_ticketeventpayload',
            name='event_payload_immutable',
            operation='UPDATE',
        ),
    ]
