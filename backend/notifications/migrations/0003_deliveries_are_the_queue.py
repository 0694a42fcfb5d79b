"""Deliveries become the queue themselves, and a notice says what it is about by kind and id."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now


def fill(apps, _schema_editor):
    """Say of what is stored what it is about and from when on it rings; close what announced deliveries before."""
    notices = apps.get_model("notifications", "Notice").objects
    deliveries = apps.get_model("notifications", "Delivery").objects
    people = apps.get_model("organisation", "Person").objects.filter(id=models.OuterRef("person_id"))
    notices.filter(ticket__isnull=False).update(subject_kind="ticket", subject_id=F("ticket_id"))
    notices.filter(ticket__isnull=True).update(
        subject_kind="school", subject_id=models.Subquery(people.values("school_id")[:1])
    )
    deliveries.update(rings_at=F("created_at"))
    deliveries.filter(message_id__isnull=True, next_attempt_at__isnull=False).update(rings_at=F("next_attempt_at"))
    messages = apps.get_model("common", "OutboxMessage").objects
    messages.filter(topic="notice.deliver", done_at__isnull=True, failed_at__isnull=True).update(done_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_outbox_open_of_topic"),
        ("notifications", "0002_deliveries_and_choices"),
    ]

    operations = [
        migrations.AddField("delivery", "is_urgent", models.BooleanField(
            default=False, help_text="Its channel rests only shortly before it.")),
        migrations.AddField("delivery", "rings_at", models.DateTimeField(null=True)),
        migrations.AddField("notice", "subject_kind", models.CharField(
            max_length=12, null=True, choices=[("ticket", "Ticket"), ("school", "School")])),
        migrations.AddField("notice", "subject_id", models.UUIDField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("delivery", "rings_at", models.DateTimeField(
            help_text="The end of the quiet hours; from then on any message takes it along.")),
        migrations.AlterField("notice", "subject_kind", models.CharField(
            max_length=12, choices=[("ticket", "Ticket"), ("school", "School")])),
        migrations.AlterField("notice", "subject_id", models.UUIDField()),
        migrations.AlterField("notice", "ticket", models.ForeignKey(
            "workflow.Ticket",
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            help_text="The subject where it is a ticket, so that the database knows that it exists.",
        )),
        migrations.AddIndex("delivery", models.Index(
            fields=["next_attempt_at"], name="delivery_due", condition=Q(next_attempt_at__isnull=False))),
        migrations.AddConstraint("notice", models.CheckConstraint(
            condition=Q(subject_kind="ticket", ticket=F("subject_id"))
            | (~Q(subject_kind="ticket") & Q(ticket__isnull=True)),
            name="notice_ticket_is_its_subject",
        )),
    ]
