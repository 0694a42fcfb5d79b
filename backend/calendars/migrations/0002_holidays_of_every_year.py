import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calendars', '0001_from_organisation'),
    ]

    operations = [
        migrations.CreateModel(
            name='YearlyHoliday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.PositiveSmallIntegerField()),
                ('day_of_month', models.PositiveSmallIntegerField()),
                ('note', models.CharField(max_length=120)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='yearly', to='calendars.calendar')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('calendar', 'month', 'day_of_month'), name='yearly_holiday_once'), models.CheckConstraint(condition=models.Q(models.Q(('day_of_month__range', (1, 31)), ('month__in', (1, 3, 5, 7, 8, 10, 12))), models.Q(('day_of_month__range', (1, 30)), ('month__in', (4, 6, 9, 11))), models.Q(('day_of_month__range', (1, 29)), ('month', 2)), _connector='OR'), name='yearly_holiday_in_a_year')],
            },
        ),
    ]
