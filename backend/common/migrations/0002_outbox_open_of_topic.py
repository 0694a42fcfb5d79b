"""Consumers take what is open under their topic, and the relay looks for the oldest of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        migrations.AddIndex("outboxmessage", models.Index(
            fields=["topic", "next_attempt_at", "id"],
            name="outbox_open_of_topic",
            condition=models.Q(done_at__isnull=True, failed_at__isnull=True),
        )),
        migrations.RemoveIndex("outboxmessage", "outbox_open"),
        migrations.AlterField("outboxmessage", "next_attempt_at", models.DateTimeField(
            help_text="From then on the relay wakes the consumer.")),
    ]
