"""A lost second factor is reset, with a second person for those who read what is sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0010_channels_of_robots'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pendingpower',
            name='kind',
            field=models.CharField(choices=[('post', 'A post is given'), ('post_ended', 'A post is taken away or shortened'), ('address', 'An address is entered'), ('address_confirmed', 'An address is confirmed'), ('address_removed', 'An address is removed'), ('invitation', 'An account is offered'), ('account_linked', 'An account is linked'), ('account_unlinked', 'An account is taken away'), ('password_changed', 'A password is changed'), ('sign_in_opened', 'An account is opened again'), ('sign_in_closed', 'An account is closed'), ('factor_reset', 'A second factor is reset'), ('absence', 'An absence is noted'), ('absence_ended', 'An absence is ended'), ('duty', 'Somebody is entered as leader on duty'), ('duty_ended', 'Somebody leads on duty no more'), ('rulebook', 'A rulebook is taken into use'), ('live', 'A school goes live')], max_length=20),
        ),
    ]
