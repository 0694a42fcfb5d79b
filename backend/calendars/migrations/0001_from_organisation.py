"""The tables of calendars come over from `organisation` with their rows; a calendar no longer names its school."""

import datetime
import uuid

import django.db.models.deletion
from django.db import migrations, models

MODELS = ("calendar", "calendarday", "calendarperiod", "dutyhours", "term", "workinghours")
RENAME = "".join(f"ALTER TABLE organisation_{model} RENAME TO calendars_{model};" for model in MODELS)
CONTENT_TYPES = f"""
UPDATE django_content_type SET app_label = 'calendars' WHERE app_label = 'organisation' AND model IN {MODELS}
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("organisation", "0004_versions_of_shifts"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAME), migrations.RunSQL(CONTENT_TYPES)],
            state_operations=[
                migrations.CreateModel(
                    name='Calendar',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name_zh', models.CharField(max_length=120)),
                        ('name_en', models.CharField(max_length=120)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('published_until', models.DateField(help_text='After this day holidays are not known yet; times are provisional.')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='CalendarPeriod',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first', models.DateField()),
                        ('last', models.DateField()),
                        ('note', models.CharField(max_length=120)),
                        ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='calendars.calendar')),
                    ],
                ),
                migrations.CreateModel(
                    name='DutyHours',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('weekday', models.PositiveSmallIntegerField()),
                        ('opens', models.TimeField()),
                        ('closes', models.TimeField()),
                        ('period', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='calendars.calendarperiod')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Term',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name_zh', models.CharField(max_length=120)),
                        ('name_en', models.CharField(max_length=120)),
                        ('first', models.DateField()),
                        ('last', models.DateField()),
                        ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='calendars.calendar')),
                    ],
                ),
                migrations.CreateModel(
                    name='WorkingHours',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('weekday', models.PositiveSmallIntegerField()),
                        ('opens', models.TimeField()),
                        ('closes', models.TimeField()),
                        ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='calendars.calendar')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('works_as_weekday', models.PositiveSmallIntegerField(blank=True, help_text='Empty, and no hours either: nobody works.', null=True)),
                        ('opens', models.TimeField(blank=True, help_text="Hours of this day alone, instead of a weekday's.", null=True)),
                        ('closes', models.TimeField(blank=True, null=True)),
                        ('note', models.CharField(blank=True, max_length=120)),
                        ('is_published', models.BooleanField(default=False, help_text='From the public table of holidays; a day the school sets itself is never overwritten.')),
                        ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='calendars.calendar')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('calendar', 'day'), name='calendar_day_once'), models.CheckConstraint(condition=models.Q(('works_as_weekday__isnull', True), ('works_as_weekday__lte', 6), _connector='OR'), name='works_as_a_weekday'), models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False), ('works_as_weekday__isnull', True)), _connector='OR'), name='day_has_one_sort_of_hours'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), ('closes__isnull', True), _connector='OR'), name='day_closes_after_opening')],
                    },
                ),
                migrations.AddConstraint(
                    model_name='calendarperiod',
                    constraint=models.UniqueConstraint(fields=('calendar', 'first'), name='calendar_period_once'),
                ),
                migrations.AddConstraint(
                    model_name='calendarperiod',
                    constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='period_ends_after_beginning'),
                ),
                migrations.AddConstraint(
                    model_name='dutyhours',
                    constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='dutyhours_on_a_weekday'),
                ),
                migrations.AddConstraint(
                    model_name='dutyhours',
                    constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='dutyhours_close_after_opening'),
                ),
                migrations.AddConstraint(
                    model_name='term',
                    constraint=models.UniqueConstraint(fields=('calendar', 'first'), name='term_once'),
                ),
                migrations.AddConstraint(
                    model_name='term',
                    constraint=models.CheckConstraint(condition=models.Q(('last__gt', models.F('first'))), name='term_ends_after_beginning'),
                ),
                migrations.AddConstraint(
                    model_name='workinghours',
                    constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='workinghours_on_a_weekday'),
                ),
                migrations.AddConstraint(
                    model_name='workinghours',
                    constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='workinghours_close_after_opening'),
                ),
            ],
        ),
    ]
