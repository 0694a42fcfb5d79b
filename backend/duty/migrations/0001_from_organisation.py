"""The tables of rosters and absences come over from `organisation` with their rows."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

MODELS = ("absence", "dutyshift", "dutyslot", "dutyswap")
INDEXES = {
    "organisatio_person__3ba8ee_idx": "duty_absenc_person__c0f1c7_idx",
    "organisatio_school__f8f311_idx": "duty_dutysh_school__168d01_idx",
    "organisatio_bureau__200ecb_idx": "duty_dutysh_bureau__e21e6e_idx",
}
RENAME = "".join(f"ALTER TABLE organisation_{model} RENAME TO duty_{model};" for model in MODELS)
RENAME_INDEXES = "".join(f"ALTER INDEX {before} RENAME TO {after};" for before, after in INDEXES.items())
CONTENT_TYPES = f"""
UPDATE django_content_type SET app_label = 'duty' WHERE app_label = 'organisation' AND model IN {MODELS}
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("organisation", "0005_calendars_and_duty_leave"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(RENAME),
                migrations.RunSQL(RENAME_INDEXES),
                migrations.RunSQL(CONTENT_TYPES),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='DutyShift',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('week', 'Week'), ('noon', 'Noon'), ('gate', 'Gate'), ('night', 'Night'), ('holiday', 'Holiday')], max_length=10)),
                        ('starts_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('bureau', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='organisation.bureau')),
                        ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.place')),
                        ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='organisation.school')),
                    ],
                ),
                migrations.CreateModel(
                    name='DutySlot',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('part', models.CharField(choices=[('leader', 'Leader'), ('teacher', 'Teacher')], max_length=10)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_slots', to='organisation.person')),
                        ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='duty.dutyshift')),
                    ],
                ),
                migrations.CreateModel(
                    name='DutySwap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('note', models.CharField(max_length=1000)),
                        ('swapped_at', models.DateTimeField()),
                        ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                        ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                        ('slot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps', to='duty.dutyslot')),
                        ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                    ],
                ),
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='organisation.person')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', 'ends_at'], name='duty_absenc_person__c0f1c7_idx')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='absence_ends_after_start')],
                    },
                ),
                migrations.AddIndex(
                    model_name='dutyshift',
                    index=models.Index(fields=['school', 'ends_at'], name='duty_dutysh_school__168d01_idx'),
                ),
                migrations.AddIndex(
                    model_name='dutyshift',
                    index=models.Index(fields=['bureau', 'ends_at'], name='duty_dutysh_bureau__e21e6e_idx'),
                ),
                migrations.AddConstraint(
                    model_name='dutyshift',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('bureau__isnull', True), ('school__isnull', False)), models.Q(('bureau__isnull', False), ('school__isnull', True)), _connector='OR'), name='shift_at_school_or_bureau'),
                ),
                migrations.AddConstraint(
                    model_name='dutyshift',
                    constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shift_ends_after_start'),
                ),
                migrations.AddConstraint(
                    model_name='dutyshift',
                    constraint=models.UniqueConstraint(fields=('school', 'bureau', 'kind', 'place', 'starts_at'), name='shift_once', nulls_distinct=False),
                ),
                migrations.AddConstraint(
                    model_name='dutyslot',
                    constraint=models.UniqueConstraint(fields=('shift', 'person'), name='duty_slot_once_per_person'),
                ),
                migrations.AddConstraint(
                    model_name='dutyswap',
                    constraint=models.CheckConstraint(condition=models.Q(('given_by', models.F('taken_by')), _negated=True), name='duty_swap_between_two'),
                ),
            ],
        ),
    ]
