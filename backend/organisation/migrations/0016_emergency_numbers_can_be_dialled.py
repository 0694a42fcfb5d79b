"""Emergency numbers can be dialled; those that cannot are named."""

import re

import django.core.validators
from django.core.management import CommandError
from django.db import migrations, models

from backend.common.identities import plain_of

DIALLED = r"^\+?[0-9][0-9 -]{1,18}\Z"
NUMBERS = ("emergency_police", "emergency_fire", "emergency_ambulance")


def numbers_check(apps, _editor):
    """Write full-width digits as others; stop with what is no number: which one holds, no migration can know."""
    wrong = []
    for row in apps.get_model("organisation", "School").objects.order_by("pk"):
        spelt = {name: plain_of(getattr(row, name)) for name in NUMBERS}
        wrong += [f"School {row.code}: {name} {spelt[name]!a}" for name in NUMBERS if not re.match(DIALLED, spelt[name])]
        type(row).objects.filter(pk=row.pk).update(**spelt)
    if wrong:
        raise CommandError(
            "These emergency numbers cannot be dialled. Correct them on the page of the school in the version that runs"
            " now, then migrate again:\n" + "\n".join(wrong)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0015_one_spelling_of_addresses'),
    ]

    operations = [
        migrations.RunPython(numbers_check, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='school',
            name='emergency_ambulance',
            field=models.CharField(default='120', max_length=20, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 -]{1,18}\\Z', 'Digits only, for example 110 or +44 999.')]),
        ),
        migrations.AlterField(
            model_name='school',
            name='emergency_fire',
            field=models.CharField(default='119', max_length=20, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 -]{1,18}\\Z', 'Digits only, for example 110 or +44 999.')]),
        ),
        migrations.AlterField(
            model_name='school',
            name='emergency_police',
            field=models.CharField(default='110', max_length=20, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 -]{1,18}\\Z', 'Digits only, for example 110 or +44 999.')]),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_ambulance__regex', '^\\+?[0-9][0-9 -]{1,18}\\Z'), ('emergency_fire__regex', '^\\+?[0-9][0-9 -]{1,18}\\Z'), ('emergency_police__regex', '^\\+?[0-9][0-9 -]{1,18}\\Z')), name='emergency_numbers_can_be_dialled'),
        ),
    ]
