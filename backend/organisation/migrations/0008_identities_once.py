"""Identities are unique in one normal form; rows that are the same in it are named, and nothing is changed for them."""

import backend.common.identities
import django.db.models.functions.comparison
from django.conf import settings
from django.core.management import CommandError
from django.db import migrations, models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

IDENTITIES = (
    ("Bureau", "code", None, Q()),
    ("School", "code", None, Q()),
    ("Unit", "code", F("school"), Q()),
    ("Place", "code", F("school"), Q()),
    ("Person", "staff_number", Coalesce("school", "bureau"), Q()),
    ("ContactChannel", "address", F("person"), Q(kind="email")),
)
MOST_NAMED = 20


def duplicates_refuse(apps, _editor):
    """Stop with every pair of rows that would be one from now on: which of them is right, no migration can know."""
    found = [line for identity in IDENTITIES for line in _duplicates(apps, *identity)]
    if found:
        raise CommandError(
            "These are the same but for case, width or invisible characters. Correct or merge them in the version that"
            " runs now, then migrate again:\n" + "\n".join(found)
        )


def _duplicates(apps, name, field, owner, of_kind):
    model = apps.get_model("organisation", name)
    rows = model.objects.filter(of_kind).annotate(
        owner_=owner if owner is not None else models.Value(1), identity_=backend.common.identities.IdentityOf(field)
    )
    twice = rows.values("owner_", "identity_").annotate(count=Count("pk")).filter(count__gt=1)[:MOST_NAMED]
    for group in twice:
        same = rows.filter(owner_=group["owner_"], identity_=group["identity_"]).order_by("pk")
        yield f"{name}: " + ", ".join(f"{value!a} ({pk})" for pk, value in same.values_list("pk", field))



class Migration(migrations.Migration):

    dependencies = [
        ('calendars', '0001_from_organisation'),
        ('organisation', '0007_schools_go_live'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(duplicates_refuse, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='person',
            name='staff_number_once_per_employer',
        ),
        migrations.RemoveConstraint(
            model_name='place',
            name='place_code_once_per_school',
        ),
        migrations.RemoveConstraint(
            model_name='unit',
            name='unit_code_once_per_school',
        ),
        migrations.AlterField(
            model_name='bureau',
            name='code',
            field=models.SlugField(max_length=40),
        ),
        migrations.AlterField(
            model_name='school',
            name='code',
            field=models.SlugField(max_length=40),
        ),
        migrations.AddConstraint(
            model_name='bureau',
            constraint=models.UniqueConstraint(backend.common.identities.IdentityOf('code'), name='bureau_code_once'),
        ),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.UniqueConstraint(models.F('person'), backend.common.identities.IdentityOf('address'), condition=models.Q(('kind', 'email')), name='email_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('school', 'bureau'), backend.common.identities.IdentityOf('staff_number'), name='staff_number_once_per_employer'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(models.F('school'), backend.common.identities.IdentityOf('code'), name='place_code_once_per_school'),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.UniqueConstraint(backend.common.identities.IdentityOf('code'), name='school_code_once'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(models.F('school'), backend.common.identities.IdentityOf('code'), name='unit_code_once_per_school'),
        ),
    ]
