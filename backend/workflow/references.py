"""References of new tickets: random ones that no other ticket has.

They have 35 bits, so that people can read them out: of a million tickets some fifteen meet one that is taken already.
"""

from backend.common.ids import references_drawn
from backend.common.sql.statements import prepared_cursor

FREE = """
(SELECT drawn.reference FROM unnest(%s::text[]) WITH ORDINALITY AS drawn (reference, number)
 WHERE NOT EXISTS (SELECT FROM workflow_ticket AS taken WHERE taken.reference = drawn.reference)
 ORDER BY drawn.number LIMIT 1)
"""
"""An expression: the first of some references, drawn for it, that no ticket has."""


def reference_free() -> str:
    """Return a reference that no ticket has, by a statement of its own."""
    with prepared_cursor() as cursor:
        cursor.execute(f"SELECT {FREE}", [references_drawn()])
        return str(cursor.fetchone()[0])
