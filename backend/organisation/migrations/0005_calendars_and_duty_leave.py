"""Calendars and duty become rooms of their own: a school names its calendar, where a calendar named its school."""

import django.db.models.deletion
from django.db import migrations, models

LEAVING = (
    "Absence", "DutySwap", "DutySlot", "DutyShift",
    "Term", "CalendarDay", "WorkingHours", "DutyHours", "CalendarPeriod", "Calendar",
)
TURN_ROUND = """
UPDATE organisation_school AS school SET calendar_id = calendar.id
FROM calendars_calendar AS calendar WHERE calendar.school_id = school.id
"""
# What is on its way says which school's calendar changed; from now on it says which calendar.
MESSAGES = """
UPDATE common_outboxmessage AS message SET payload = message.payload || jsonb_build_object('calendar', school.calendar_id)
FROM organisation_school AS school
WHERE message.topic = 'calendar.changed' AND message.payload ->> 'school' = school.id::text
"""


class Migration(migrations.Migration):

    dependencies = [
        ("calendars", "0001_from_organisation"),
        ("common", "0001_initial"),
        ("organisation", "0004_versions_of_shifts"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name) for name in LEAVING]),
        migrations.AddField(
            model_name="school",
            name="calendar",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="school", to="calendars.calendar"
            ),
        ),
        migrations.RunSQL(TURN_ROUND),
        migrations.RunSQL(MESSAGES),
        migrations.RunSQL("ALTER TABLE calendars_calendar DROP COLUMN school_id"),
    ]
