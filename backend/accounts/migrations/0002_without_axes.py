"""Wrong passwords are counted by `common.Tries` from now on; what the former library kept is of no use to anybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accesslog,"
            " axes_accessfailurelog",
            migrations.RunSQL.noop,
        ),
    ]
