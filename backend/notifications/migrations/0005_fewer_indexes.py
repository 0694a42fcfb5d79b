"""Indexes that another one begins with are no longer kept up with each try of a delivery."""

import django.db.models.deletion
from django.db import migrations, models

DROPPED = {
    'notifications_delivery_notice_id_e47c53a9': 'notifications_delivery (notice_id)',
    'notifications_delivery_school_id_ae137a32': 'notifications_delivery (school_id)',
    'notifications_notice_person_id_d7ad3aad': 'notifications_notice (person_id)',
}
"""By name, so that foreign keys need not be checked anew, which would lock and read all deliveries."""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_people_as_subjects'),
        ('organisation', '0013_school_country'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f'DROP INDEX {name}', f'CREATE INDEX {name} ON {columns}')
                for name, columns in DROPPED.items()
            ],
            state_operations=[
                migrations.AlterField('delivery', 'notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.notice')),
                migrations.AlterField('delivery', 'school', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.school')),
                migrations.AlterField('notice', 'person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='organisation.person')),
            ],
        ),
    ]
