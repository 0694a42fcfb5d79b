"""Tries that are counted, so that waits grow."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0002_outbox_open_of_topic'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('next_at', models.DateTimeField(help_text='A try before this is refused and does not count.')),
                ('forget_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
