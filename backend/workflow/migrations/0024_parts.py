"""Parts of tickets: what is asked of somebody about one, by when, and how it ended."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0014_telephone_numbers'),
        ('workflow', '0023_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='part_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How many parts it ever had, so that one without any costs no statement for them.'),
        ),
        migrations.CreateModel(
            name='TicketPart',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('role', models.CharField(blank=True, choices=[('reporter', 'Staff member'), ('handler', 'Handler'), ('office_head', 'Head of office'), ('vice_principal', 'Vice principal'), ('principal', 'Principal'), ('board_chair', 'Board chair'), ('duty_leader', 'Duty leader'), ('coordinator', 'Safety coordinator'), ('protection_lead', 'Student protection lead'), ('bureau_officer', 'Bureau duty officer'), ('administrator', 'Administrator')], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('words', models.TextField(blank=True, help_text='What is asked; empty after an erasure.', max_length=4000)),
                ('due_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Over with the ticket')], max_length=20)),
                ('ended_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, help_text='Empty after an erasure.', max_length=4000)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('office', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='workflow.ticket')),
            ],
            options={
                'indexes': [models.Index(fields=['ticket'], name='part_of_ticket'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['office'], name='part_open_of_office'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['person'], name='part_open_of_person'), models.Index(condition=models.Q(('ended_at__isnull', True), models.Q(('role', ''), _negated=True)), fields=['role'], name='part_open_of_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='a_part_that_ended_has_an_outcome')],
            },
        ),
    ]
