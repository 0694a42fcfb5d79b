"""Every read of schools and people; `directory_load` and `actor_get` are the two questions every other app asks."""

from backend.organisation.selectors.actors import actor_get
from backend.organisation.selectors.calendars import calendar_rules
from backend.organisation.selectors.people import (
    appointments_in_force,
    colleagues,
    people_holding,
    people_known,
    people_listed,
    people_visible,
    person_at,
    roles_held,
)
from backend.organisation.selectors.reaching import directories_load, directory_load, reach_explained, roster_instants
from backend.organisation.selectors.rosters import (
    absence_lock,
    absences_visible,
    duties_now,
    shift_get,
    shift_lock,
    shifts_visible,
    slot_get,
    swaps_visible,
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
    "absence_lock",
    "absences_visible",
    "actor_get",
    "appointments_in_force",
    "calendar_rules",
    "colleagues",
    "directories_load",
    "directory_load",
    "duties_now",
    "people_holding",
    "people_known",
    "people_listed",
    "people_visible",
    "person_at",
    "place_by_token",
    "place_get",
    "places_around",
    "places_visible",
    "reach_explained",
    "roles_held",
    "roster_instants",
    "school_get",
    "shift_get",
    "shift_lock",
    "shifts_visible",
    "slot_get",
    "swaps_visible",
    "time_zone_of",
    "units_visible",
]
