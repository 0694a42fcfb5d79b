"""Finding who is asked for the steps of a plan: by post, or its deputy, or whoever stands in above. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.duty.reach import Directory
from backend.organisation.models import Place, Unit
from backend.organisation.roles import Role
from backend.rulebook.response_rules import ResponsePlan, ResponseStep
from backend.rulebook.ruleset import LEAD_GRADE
from backend.workflow.grades import Groups, grade_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One step asked of one office, class or role: who is found for it, and whether they only stand in."""

    step: ResponseStep
    role: Role
    unit_id: UUID | None
    people: tuple[UUID, ...]
    stands_in: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A school as plans ask it: its units and places, and everybody who holds a post there at one instant."""

    school_id: UUID
    units: Mapping[UUID, Unit]
    places: Mapping[UUID, Place]
    directory: Directory
    place_id: UUID | None = None
    excluding: Collection[UUID] = field(default=frozenset())

    def asked_by(self, plan: ResponsePlan) -> list[Asked]:
        """Return who is asked for each step; a step that is asked of each class is asked as often as there are."""
        return [asked for step in plan.asked for asked in self._of_step(step)]

    def holders_by(self, plan: ResponsePlan) -> set[UUID]:
        """Return everybody whose own post a plan asks something of, whether they are here now or not."""
        seats = [(role, unit_id) for step in plan.asked for role, unit_id in self._seats(step)]
        return {
            person
            for role, unit_id in seats
            for person in self.directory.holders(role=role, school_id=self.school_id, unit_id=unit_id)
        }

    def _of_step(self, step: ResponseStep) -> Iterator[Asked]:
        for role, unit_id in self._seats(step):
            found = self.directory.reach(role=role, school_id=self.school_id, unit_id=unit_id, excluding=self.excluding)
            yield Asked(step, role, unit_id, found.people, stands_in=found.role is not role)

    def _seats(self, step: ResponseStep) -> Sequence[tuple[Role, UUID | None]]:
        if step.role:
            return [(step.role, None)]
        if step.each_class:
            classes = [unit.id for unit in self.units.values() if unit.kind == Unit.Kind.CLASS]
            return [(Role.OFFICE_HEAD, unit_id) for unit_id in classes] or [(Role.OFFICE_HEAD, None)]
        if step.office == LEAD_GRADE:
            return [(Role.OFFICE_HEAD, unit_id) for unit_id in self._grades()] or [(Role.OFFICE_HEAD, None)]
        return [(Role.OFFICE_HEAD, self._office(step.office))]

    def _office(self, code: str) -> UUID | None:
        return next((unit.id for unit in self.units.values() if unit.code == code), None)

    def _grades(self) -> Sequence[UUID]:
        """Return the grade group of the place; where no place leads to one, every grade group."""
        grades = [unit.id for unit in self.units.values() if unit.kind == Unit.Kind.GRADE]
        if self.place_id is None:
            return grades
        groups = Groups(
            grades=frozenset(grades),
            unit_parents={unit.id: unit.parent_id for unit in self.units.values()},
            place_parents={place.id: place.parent_id for place in self.places.values()},
            place_owners={place.id: place.owner_id for place in self.places.values()},
        )
        found = grade_of(groups=groups, place_id=self.place_id, reporter_units=())
        return [found] if found else grades
