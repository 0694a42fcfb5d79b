"""E-mail addresses have one spelling; rows that no rule can bring to it are named."""

from django.core.management import CommandError
from django.db import migrations, models

from backend.common.mail_addresses import is_mail_address, mail_address_of, mail_identity_of

MOST_NAMED = 20


def spell_alike(apps, _editor):
    """Write what is there in its one spelling; stop with what is no address, or stands twice in it."""
    wrong = list(_addresses(apps.get_model("organisation", "ContactChannel")))
    if wrong:
        raise CommandError(
            "These are no e-mail addresses, or stand twice. Correct or remove them in the version that runs now,"
            " then migrate again:\n" + "\n".join(wrong[:MOST_NAMED])
        )


def _addresses(model):
    for row in model.objects.filter(kind="email").exclude(address__regex=r"^[!-~]+$").order_by("pk"):
        spelt = mail_address_of(row.address)
        same = model.objects.filter(person=row.person_id, kind="email", address__identity=mail_identity_of(spelt))
        if not is_mail_address(spelt) or same.exclude(pk=row.pk).exists():
            yield f"ContactChannel: {row.address!a} ({row.pk})"
        else:
            model.objects.filter(pk=row.pk).update(address=spelt)


class Migration(migrations.Migration):

    dependencies = [
        ('calendars', '0003_days_have_bounds'),
        ('organisation', '0014_telephone_numbers'),
    ]

    operations = [
        migrations.RunPython(spell_alike, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'email'), _negated=True), ('address__regex', '^[!-~]+$'), _connector='OR'), name='email_in_the_letters_of_domains'),
        ),
    ]
