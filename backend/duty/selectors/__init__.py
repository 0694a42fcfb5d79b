"""Every read of rosters and absences; `directory_load` and `actor_get` are the two questions every room above asks."""

from backend.duty.selectors.actors import actor_get, actors_of, token_behind
from backend.duty.selectors.reaching import (
    directories_between,
    directories_load,
    directory_load,
    reach_explained,
    roster_instants,
)
from backend.duty.selectors.rosters import (
    absence_lock,
    absences_visible,
    away_until,
    duties_now,
    own_duty,
    shift_get,
    shift_lock,
    shifts_now,
    shifts_visible,
    slot_get,
    slot_lock,
    swaps_visible,
)

__all__ = [
    "absence_lock",
    "absences_visible",
    "actor_get",
    "actors_of",
    "away_until",
    "directories_between",
    "directories_load",
    "directory_load",
    "duties_now",
    "own_duty",
    "reach_explained",
    "roster_instants",
    "shift_get",
    "shift_lock",
    "shifts_now",
    "shifts_visible",
    "slot_get",
    "slot_lock",
    "swaps_visible",
    "token_behind",
]
