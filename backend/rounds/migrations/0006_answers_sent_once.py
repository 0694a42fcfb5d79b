from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0005_rounds_of_the_whole_school'),
    ]

    operations = [
        migrations.AddField(
            model_name='roundanswer',
            name='token',
            field=models.UUIDField(help_text='By which a device that keeps it until it has arrived sends it once.', null=True),
        ),
        migrations.AddConstraint(
            model_name='roundanswer',
            constraint=models.UniqueConstraint(fields=('round', 'token'), name='round_answer_sent_once'),
        ),
    ]
