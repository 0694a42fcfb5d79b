"""The pairs of neighbouring characters of a ticket's text as an index, and indexes of what waits for one role."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.expressions import F, Func

TEXT_BIGRAMS = """
    CREATE FUNCTION text_bigrams(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
        SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM (
            SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
            FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS letters (letter, place)
        ) AS pairs WHERE pair IS NOT NULL
    $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0016_what_moved_leaves_the_ticket'),
    ]

    operations = [
        migrations.RunSQL(TEXT_BIGRAMS, 'DROP FUNCTION text_bigrams(text)'),
        migrations.AddIndex(
            model_name='ticket',
            index=django.contrib.postgres.indexes.GinIndex(Func(F('description'), function='text_bigrams'), name='ticket_text_pairs'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('state', 'resolved')), fields=['school', 'next_due_at', 'id'], name='ticket_resolved'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('declining__isnull', False)), fields=['school', 'next_due_at', 'id'], name='ticket_declining'),
        ),
    ]
