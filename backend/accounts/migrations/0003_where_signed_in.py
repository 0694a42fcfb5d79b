"""Where somebody is signed in is kept. Tokens go on; sessions opened before are not known, so they end."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


TOKENS = """
INSERT INTO accounts_signin (id, user_id, token_id, device, network, started_at, last_used_at)
SELECT gen_random_uuid(), user_id, digest, '', '', created, created FROM knox_authtoken
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_without_axes'),
        ('sessions', '0001_initial'),
        ('knox', '0009_extend_authtoken_field'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('device', models.CharField(blank=True, help_text='The device in words; empty if unknown.', max_length=80)),
                ('network', models.CharField(blank=True, help_text='The network, never the whole address.', max_length=50)),
                ('started_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(help_text='To within some minutes.')),
                ('session', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_in', to='sessions.session')),
                ('token', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_in', to=settings.KNOX_TOKEN_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('session__isnull', False), ('token__isnull', True)), models.Q(('session__isnull', True), ('token__isnull', False)), _connector='OR'), name='sign_in_by_session_or_token')],
            },
        ),
        migrations.RunSQL([TOKENS, "DELETE FROM django_session"], migrations.RunSQL.noop),
    ]
