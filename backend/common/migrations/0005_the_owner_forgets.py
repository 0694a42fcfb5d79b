from django.db import migrations

from backend.common.sql.refusals import MAKE_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("common", "0004_sealing_folder")]

    operations = [migrations.RunSQL(MAKE_FUNCTION, migrations.RunSQL.noop)]
