"""Schools with their units and places, as the people who work there may see them."""

from uuid import UUID

from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit


def school_get(*, actor: Actor) -> School:
    """Return the actor's school; people of the bureau have none."""
    school = School.objects.filter(id=actor.school_scope).select_related("intake_unit", "protection_unit").first()
    if school is None:
        raise NotFound
    return school


def emergency_numbers_agreed() -> tuple[str, ...]:
    """Return the emergency numbers, each once, where all schools here have the same; else none.

    For pages before the sign-in, which know no school: a wrong number is worse than none.
    """
    stored = School.objects.order_by().values_list("emergency_police", "emergency_fire", "emergency_ambulance")
    numbers = list(stored.distinct()[:2])
    return tuple(dict.fromkeys(numbers[0])) if len(numbers) == 1 else ()


def units_visible(*, actor: Actor) -> QuerySet[Unit]:
    """Return the units of the actor's school."""
    return Unit.objects.filter(school_id=actor.school_scope)


def unit_names(*, school: School) -> set[str]:
    """Return every name that a unit of a school has, in both languages."""
    rows = Unit.objects.filter(school=school).values_list("name_zh", "name_en")
    return {name for names in rows for name in names}


def time_zone_of(*, actor: Actor) -> str | None:
    """Return the time zone of the actor's school; None for people of the bureau."""
    return School.objects.filter(id=actor.school_scope).values_list("time_zone", flat=True).first()


def places_visible(*, actor: Actor) -> QuerySet[Place]:
    """Return the places of the actor's school."""
    return Place.objects.filter(school_id=actor.school_scope).select_related("owner")


def place_get(*, actor: Actor, place_id: UUID) -> Place:
    """Return a place of the actor's school; raise NotFound."""
    return _found(places_visible(actor=actor).filter(id=place_id).first())


def places_around(*, actor: Actor, place: Place) -> list[Place]:
    """Return the places a place lies in, the outermost first, in one query."""
    known = {row.id: row for row in Place.objects.filter(school_id=actor.school_scope)} if place.parent_id else {}
    around: list[Place] = []
    inner = place
    while inner.parent_id is not None and len(around) < len(known):
        inner = known[inner.parent_id]
        around.insert(0, inner)
    return around


def place_by_token(*, actor: Actor, token: str) -> Place:
    """Return the place of the actor's school whose QR code carries the token; raise NotFound."""
    # The database takes no NUL in a text, so that no place has such a token.
    return _found(None if "\x00" in token else places_visible(actor=actor).filter(token=token).first())


def _found(place: Place | None) -> Place:
    if place is None:
        raise NotFound
    return place
