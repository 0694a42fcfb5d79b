"""The offices and places that a reader of lists names, of those they know."""

from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from backend.organisation.actors import Actor
from backend.organisation.models import Place, Unit

PLACES_WITHIN = """
    WITH RECURSIVE within (id) AS (
        {top} UNION SELECT below.id FROM organisation_place below JOIN within ON below.parent_id = within.id
    )
    SELECT id FROM within"""


def offices_meant(*, actor: Actor, office: str) -> list[UUID]:
    """Return the ids of the units the actor knows by this id or code; those of a bureau may share a code."""
    known = Unit.objects.filter(known_to(actor))
    try:
        meant = Q(id=UUID(office))
    except ValueError:
        meant = Q(code=office)
    return list(known.filter(meant).values_list("id", flat=True))


def places_within(*, actor: Actor, place_id: UUID) -> list[UUID]:
    """Return the ids of a place the actor knows and of every place below it, in one query; none for an unknown one."""
    within = place_tree(actor=actor, place_id=place_id)
    with connection.cursor() as cursor:
        cursor.execute(within.sql, within.params)
        return [row[0] for row in cursor.fetchall()]


def place_tree(*, actor: Actor, place_id: UUID) -> RawSQL:
    """Return the same as a part of a statement, for a condition on places."""
    top, parameters = Place.objects.filter(known_to(actor), id=place_id).values("id").query.sql_with_params()
    return RawSQL(PLACES_WITHIN.format(top=top), parameters)  # noqa: S611 - a statement of our own


def known_to(actor: Actor) -> Q:
    """Hold for what belongs to the actor's school, or to a school of their bureau."""
    return Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
