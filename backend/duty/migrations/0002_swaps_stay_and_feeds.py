"""Swaps that stay when their slot goes, whose duty the keepers heard about, and feeds of one's own duty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('duty', '0001_from_organisation'),
        ('organisation', '0006_powers_wait_for_a_second_person'),
    ]

    operations = [
        migrations.AddField(
            model_name='dutyshift',
            name='unmanned_told_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the keepers heard that nobody serves; empty otherwise.', null=True),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='is_emergency',
            field=models.BooleanField(default=False, help_text='Taken over at once, without asking the holder.'),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='shift',
            field=models.ForeignKey(help_text='Empty in rows that the version before wrote while this column was added; their slot leads to it.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='swaps', to='duty.dutyshift'),
        ),
        migrations.AlterField(
            model_name='dutyswap',
            name='slot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='swaps', to='duty.dutyslot'),
        ),
        migrations.RunSQL(
            "UPDATE duty_dutyswap AS swap SET shift_id = slot.shift_id FROM duty_dutyslot AS slot"
            " WHERE slot.id = swap.slot_id",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name='DutyFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='duty_feed', to='organisation.person')),
            ],
        ),
    ]
