"""The plan of a workbook: what it would change, cell by cell, what it proposes to end, and what stays. Pure."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.duty.services.roster_batches import PlannedShift
from backend.organisation.models import Appointment, Person, Place, School, TelephoneNumber, Unit
from backend.organisation.services.appointing import PostKey
from backend.organisation.services.bureau_officers import Officer
from backend.setup.workbook.reading import CellError
from backend.setup.workbook.shape import BY_NAME, SheetName

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


class Sort(StrEnum):
    """The fate of something that is in the file, or is not."""

    NEW = "new"
    CHANGED = "changed"
    ENDS = "ends"
    """Proposed: it ends when the file is taken into use, unless it is kept."""
    STAYS = "stays"
    """It is not in the file, and is not taken away."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is new, changes, is proposed to end, or stays; line 0: it is not in the file.

    A line of people gives addresses and posts too: `about` says of which sheet a thing is a matter.
    """

    sheet: SheetName
    line: int
    sort: Sort
    what: str
    cells: tuple[CellChange, ...] = ()
    about: SheetName | None = None
    warning: str = ""
    """Something that whoever confirms it has to know; it is done all the same."""
    key: str = ""
    """Names what is proposed to end, so that it can be kept."""


@dataclass(slots=True)
class Rows(Generic[Row]):
    """Rows of one table to be added, and to be corrected with what they were before."""

    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Everything a workbook would do, for people to read and for services to carry out."""

    now: datetime
    errors: list[CellError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: Counter[SheetName] = field(default_factory=Counter)
    units: Rows[Unit] = field(default_factory=Rows)
    places: Rows[Place] = field(default_factory=Rows)
    over: set[UUID] = field(default_factory=set)
    """The grades and classes that a file with a sheet for them does not have any more."""
    people: Rows[Person] = field(default_factory=Rows)
    school: Rows[School] = field(default_factory=Rows)
    posts: list[tuple[Person, PostKey, bool]] = field(default_factory=list)
    ends: list[Appointment] = field(default_factory=list)
    emails: list[tuple[Person, str]] = field(default_factory=list)
    telephones: Rows[TelephoneNumber] = field(default_factory=Rows)
    shifts: list[PlannedShift] = field(default_factory=list)
    officers: list[Officer] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Tells this plan from any other, so that what is confirmed is what was shown."""
        return hashlib.sha256(repr((self.errors, self.changes, sorted(self.same.items()))).encode()).hexdigest()

    @property
    def does_something(self) -> bool:
        """Whether taking it into use would change anything."""
        return any(change.sort is not Sort.STAYS for change in self.changes)

    def refuse(self, sheet: SheetName, line: int, column: str, message: str) -> None:
        """Note a fault of a cell."""
        title = next((str(each.title) for each in BY_NAME[sheet].columns if each.name == column), "")
        self.errors.append(CellError(sheet, line, title, message))

    def refusing(self, sheet: SheetName, line: int, column: str) -> Callable[[bool], None]:
        """Return what notes that a cell names nothing, or several."""

        def refuse(is_several: bool) -> None:
            said = _("More than one has this name. Write its code.")
            self.refuse(sheet, line, column, said if is_several else _("Nothing here has this name or code."))

        return refuse

    def add(
        self,
        sheet: SheetName,
        line: int,
        sort: Sort,
        what: str,
        *,
        cells: Sequence[CellChange] = (),
        about: SheetName | None = None,
        warning: str = "",
        key: str = "",
    ) -> None:
        """Note something for people to read."""
        self.changes.append(Change(sheet, line, sort, what, tuple(cells), about, warning, key))

    def compare(
        self,
        rows: Rows[Row],
        before: Row | None,
        after: Row,
        *,
        at: tuple[SheetName, int],
        what: str,
        cells: Sequence[CellChange],
    ) -> None:
        """Note a row as new, as changed in some cells, or as it is."""
        differing = [cell for cell in cells if cell.before != cell.after]
        if before is None:
            rows.new.append(after)
            self.add(*at, Sort.NEW, what)
        elif differing:
            rows.changed.append((before, after))
            self.add(*at, Sort.CHANGED, what, cells=differing)
        else:
            self.same[at[0]] += 1


class Index(Generic[T]):
    """Things by their code, and by each name, in every spelling.

    Of what stands in a line with a fault (`unread`) the fault is told there, and not again wherever it is named.
    """

    def __init__(self, unread: Collection[str] = ()) -> None:
        self.unread = unread
        self.by_code: dict[str, T] = {}
        self.by_name: dict[str, list[T]] = {}
        self.by_other_name: dict[str, list[T]] = {}

    def put(self, thing: T, code: str, names: Iterable[str], *, is_in_file: bool = True) -> None:
        """Make a thing known; a name means what has it in the file before anything else that is called so."""
        self.by_code[identity_of(code)] = thing
        known = self.by_name if is_in_file else self.by_other_name
        for name in {identity_of(name) for name in names}:
            known.setdefault(name, []).append(thing)

    def find(self, word: str) -> list[T]:
        """Return what a word can mean: the one thing of this code, or all of this name."""
        key = identity_of(word)
        return [self.by_code[key]] if key in self.by_code else self.by_name.get(key) or self.by_other_name.get(key, [])

    def one(self, word: str, refuse: Callable[[bool], None]) -> T | None:
        """Return the one thing a word means; else say, through `refuse`, whether there are several."""
        found = self.find(word)
        if len(found) == 1:
            return found[0]
        if found or identity_of(word) not in self.unread:
            refuse(bool(found))
        return None
