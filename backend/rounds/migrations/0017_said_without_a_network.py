import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0016_answers_to_authorities"),
    ]

    operations = [
        migrations.AddField(
            model_name="roundvisit",
            name="waited",
            field=models.DurationField(
                db_default=datetime.timedelta(0),
                default=datetime.timedelta(0),
                help_text="For how long it lay on a device without a network before it arrived; `at` is when it was said.",
            ),
        ),
    ]
