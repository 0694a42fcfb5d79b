from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("organisation", "0003_language_of_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="dutyshift",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
