from django.db import migrations

from backend.common.sql.refusals import SetRefusal


# Each of the triggers before asked a setting of the session whether it should look away.
DROP_THOSE_WITH_A_BYPASS = r"""
DO $$
DECLARE
    bypassed regprocedure;
BEGIN
    FOR bypassed IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname SIMILAR TO '\_?pgtrigger\_%'
    LOOP
        EXECUTE 'DROP FUNCTION ' || bypassed || ' CASCADE';
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('administration', '0001_initial'),
        ('incidents', '0003_plain_triggers'),
        ('rulebook', '0003_plain_triggers'),
        ('workflow', '0008_plain_triggers'),
    ]

    operations = [
        SetRefusal(
            table='administration_change',
            name='change_immutable',
            operation='UPDATE OR DELETE',
        ),
        migrations.RunSQL(DROP_THOSE_WITH_A_BYPASS, migrations.RunSQL.noop),
    ]
