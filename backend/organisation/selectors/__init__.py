"""Every read of schools and people."""

from backend.organisation.selectors.people import (
    appointments_in_force,
    colleagues,
    people_holding,
    people_known,
    people_listed,
    people_named,
    people_visible,
    person_at,
    roles_held,
)
from backend.organisation.selectors.schools import (
    place_by_token,
    place_get,
    places_around,
    places_visible,
    school_get,
    time_zone_of,
    units_visible,
)

__all__ = [
    "appointments_in_force",
    "colleagues",
    "people_holding",
    "people_known",
    "people_listed",
    "people_named",
    "people_visible",
    "person_at",
    "place_by_token",
    "place_get",
    "places_around",
    "places_visible",
    "roles_held",
    "school_get",
    "time_zone_of",
    "units_visible",
]
