"""The plan of a sync: who comes, changes and leaves, which units and posts that takes, and what is left alone. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.organisation.models import Appointment, Person, Unit
from backend.organisation.services.appointing import PostKey
from backend.people.models import SourcedPerson, SourcedUnit
from backend.setup.workbook.plan import CellChange, Rows

A_HANDFUL = 5
"""So many may always leave within a day: in a small school two who retire are a tenth."""


class Sort(StrEnum):
    """The fate of somebody or something; the values are part of the API."""

    UNIT_NEW = "unit_new"
    UNIT_CHANGED = "unit_changed"
    COMES = "comes"
    KNOWN = "known"
    """Somebody who is here already, and is from now on the one from the portal."""
    CHANGES = "changes"
    MOVES = "moves"
    LEAVES = "leaves"
    KEPT = "kept"
    """Somebody with a guarded post, of whom only an administrator changes anything here."""
    ADDRESS_TAKEN = "address_taken"
    """An address that belongs to somebody else already, and is left out."""


NAMING_NO_UNIT = frozenset({Sort.KNOWN, Sort.LEAVES, Sort.KEPT, Sort.ADDRESS_TAKEN})
"""Their words are the same in every language; units have a name in each."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would change or is left alone, and where it stands (line 0: nowhere)."""

    sort: Sort
    what: str
    file: str = ""
    line: int = 0
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a line that does not fit the school."""

    file: str
    line: int
    column: str
    message: str


@dataclass(slots=True)
class SyncPlan:
    """Everything a roster would do, for people to read and for services to carry out."""

    now: datetime
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    units: Rows[Unit] = field(default_factory=Rows)
    unit_links: list[SourcedUnit] = field(default_factory=list)
    people: Rows[Person] = field(default_factory=Rows)
    links: list[SourcedPerson] = field(default_factory=list)
    back: list[SourcedPerson] = field(default_factory=list)
    """Those who had left and are here again."""
    posts: list[tuple[Person, PostKey]] = field(default_factory=list)
    ends: list[Appointment] = field(default_factory=list)
    emails: list[tuple[Person, str]] = field(default_factory=list)
    leavers: list[SourcedPerson] = field(default_factory=list)
    came: int = 0
    """The number of those who came from the portal and are here now."""
    left_lately: int = 0
    """The number of those who left by it within the last day."""
    same: int = 0

    @property
    def digest(self) -> str:
        """Tells this plan from any other in every language, so that what is confirmed is what was shown."""
        units: dict[UUID | None, str] = {unit.id: unit.code for unit in self.units.new}
        told = (
            [(fault.file, fault.line, fault.column) for fault in self.faults],
            [(change.sort, change.file, change.line) for change in self.changes],
            [
                (change.what, [(cell.before, cell.after) for cell in change.cells])
                for change in self.changes
                if change.sort in NAMING_NO_UNIT
            ],
            [(unit.code, unit.name_zh, unit.name_en) for unit in self.units.new],
            [(str(unit.id), unit.name_zh, unit.name_en) for _before, unit in self.units.changed],
            [one.sourced_id for one in self.unit_links],
            [(one.staff_number, one.name) for one in self.people.new],
            [(str(one.id), one.staff_number, one.name) for _before, one in self.people.changed],
            [one.sourced_id for one in (*self.links, *self.back)],
            [(one.staff_number, role, units.get(unit_id, str(unit_id))) for one, (role, unit_id) in self.posts],
            [str(one.pk) for one in self.ends],
            [(one.staff_number, address) for one, address in self.emails],
            [one.sourced_id for one in self.leavers],
            self.same,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @property
    def does_something(self) -> bool:
        """True where carrying it out would change anything."""
        return any(change.sort not in {Sort.KEPT, Sort.ADDRESS_TAKEN} for change in self.changes) or bool(
            self.links or self.unit_links
        )

    def count(self) -> dict[str, int]:
        """Return how many there are of each sort, and how many stay as they are."""
        found = Counter(change.sort for change in self.changes)
        return {**{sort.value: found[sort] for sort in Sort}, "same": self.same}

    def are_too_many(self, *, percent: int) -> bool:
        """Say whether more than a handful, and than a share of those who came from the portal, would leave in a day."""
        if not self.leavers:
            return False
        leaving, came = len(self.leavers) + self.left_lately, self.came + self.left_lately
        return leaving > A_HANDFUL and leaving * 100 > came * percent

    def add(self, sort: Sort, what: str, *, at: tuple[str, int] = ("", 0), cells: Sequence[CellChange] = ()) -> None:
        """Note something for people to read."""
        self.changes.append(Change(sort, what, *at, tuple(cells)))
