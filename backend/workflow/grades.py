"""The grade group that answers for a ticket whose category is led by one. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Groups:
    """The units and places of a school, as far as they lead to a grade group."""

    grades: frozenset[UUID]
    unit_parents: Mapping[UUID, UUID | None]
    place_parents: Mapping[UUID, UUID | None]
    place_owners: Mapping[UUID, UUID]


def grade_of(*, groups: Groups, place_id: UUID | None, reporter_units: Iterable[UUID]) -> UUID | None:
    """Return the grade group of the place, else of one around it, else of the reporter; None when there is none."""
    owners = (groups.place_owners[place] for place in _upwards(place_id, groups.place_parents))
    units = (unit for start in (*owners, *reporter_units) for unit in _upwards(start, groups.unit_parents))
    return next((unit for unit in units if unit in groups.grades), None)


def _upwards(start: UUID | None, parents: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    seen: set[UUID] = set()
    while start is not None and start in parents and start not in seen:
        seen.add(start)
        yield start
        start = parents[start]
