"""Planning the people of a workbook and their addresses; nobody and no address is taken away. Pure."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_shown
from backend.organisation.models import Person
from backend.setup.workbook.plan import CellChange, Index, Plan, Sort
from backend.setup.workbook.reading import Entry, Filled
from backend.setup.workbook.shape import LANGUAGES, SheetName
from backend.setup.workbook.state import State


@dataclass(slots=True)
class Staff:
    """The people of the school as they would be, and who of them stands in the file."""

    index: Index[Person] = field(default_factory=Index)
    named: dict[UUID, Entry] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)

    def one(self, plan: Plan, sheet: SheetName, line: int, word: str, column: str = "staff_number") -> Person | None:
        """Return whom a cell means, by number or by a name that only one has; else note that as its fault."""

        def refuse(is_several: bool) -> None:
            said = (
                _("Several people are called this. Write the staff number.")
                if is_several
                else _("Nobody here has this number or name.")
            )
            plan.refuse(sheet, line, column, f"{word}: {said}")

        return self.index.one(word, refuse)


def people_plan(*, plan: Plan, state: State, filled: Filled) -> Staff:
    """Plan who is added and whose name changes; return everybody as they would be."""
    staff = Staff(Index(filled.unread_of(SheetName.PEOPLE)))
    stored = {identity_of(person.staff_number): person for person in state.people}
    for entry in filled.of(SheetName.PEOPLE):
        known = stored.get(identity_of(entry["staff_number"]))
        before = copy(known) if known else None
        person = known or Person(school=state.school, staff_number=entry["staff_number"])
        stored[identity_of(person.staff_number)] = person
        if person.id in staff.named:
            said = _("This stands in line %(line)d already.") % {"line": staff.named[person.id].line}
            plan.refuse(SheetName.PEOPLE, entry.line, "staff_number", said)
            continue
        staff.named[person.id] = entry
        person.name = entry["name"]
        person.language = entry["language"] or (person.language if known else state.school.usual_language)
        plan.compare(
            plan.people,
            before,
            person,
            at=(SheetName.PEOPLE, entry.line),
            what=who(person),
            cells=_cells(before or Person(), person),
        )
    for person in stored.values():
        staff.index.put(person, person.staff_number, (person.name,))
        staff.names[person.id] = who(person)
        if staff.named and person.id not in staff.named:
            plan.add(SheetName.PEOPLE, 0, Sort.STAYS, who(person))
    return staff


def emails_plan(*, plan: Plan, state: State, filled: Filled, staff: Staff) -> None:
    """Plan which addresses are entered; each belongs to one person, and none is taken away."""
    owner = {identity_of(channel.address): channel.person_id for channel in state.emails}
    stored = {(channel.person_id, identity_of(channel.address)) for channel in state.emails}
    seen: set[tuple[UUID, str]] = set()
    for sheet, entry, person in _addressed(plan, filled, staff):
        own = (person.id, identity_of(entry["email"]))
        if own in stored:
            plan.same[sheet] += sheet is SheetName.CONTACTS
        elif owner.setdefault(own[1], person.id) != person.id:
            said = _("This address belongs to somebody else. Leave it empty for whoever has none alone.")
            plan.refuse(sheet, entry.line, "email", said)
        elif own not in seen:
            plan.emails.append((person, entry["email"]))
            plan.add(
                sheet,
                entry.line,
                Sort.NEW,
                f"{who(person)} · {mail_address_shown(entry['email'])}",
                about=SheetName.CONTACTS,
            )
        seen.add(own)
    claimed = {person_id for person_id, _address in seen}
    for channel in state.emails:
        if channel.person_id in claimed and (channel.person_id, identity_of(channel.address)) not in seen:
            plan.add(SheetName.CONTACTS, 0, Sort.STAYS, f"{staff.names[channel.person_id]} · {channel.shown}")


def _addressed(plan: Plan, filled: Filled, staff: Staff) -> Iterator[tuple[SheetName, Entry, Person]]:
    """Yield the lines that hold an address, with whose it is."""
    for sheet in (SheetName.PEOPLE, SheetName.CONTACTS):
        for entry in filled.of(sheet):
            person = staff.one(plan, sheet, entry.line, entry["staff_number"]) if entry["email"] else None
            if person is not None:
                yield sheet, entry, person


def who(person: Person) -> str:
    """Return how a person is told from others."""
    return f"{person.name} · {person.staff_number}"


def _cells(before: Person, after: Person) -> list[CellChange]:
    return [
        CellChange(str(_("Name")), before.name, after.name),
        CellChange(str(_("Language")), str(LANGUAGES[before.language]), str(LANGUAGES[after.language])),
    ]
