from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0003_declining_and_corrections'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['school', '-filed_at', 'id'], name='ticket_school_filed'),
        ),
    ]
