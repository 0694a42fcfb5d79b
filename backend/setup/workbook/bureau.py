"""Planning the officers of a bureau that stands above one school only, as that school's workbook names them. Pure."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_shown
from backend.organisation.models import Appointment
from backend.organisation.services.bureau_officers import BureauShared, Officer, OfficerKnown
from backend.setup.workbook.plan import Plan, Sort
from backend.setup.workbook.reading import Entry, Filled
from backend.setup.workbook.shape import SheetName
from backend.setup.workbook.state import State

SHEET = SheetName.BUREAU
NUMBER, EMAIL = "staff_number", "email"


def officers_plan(*, plan: Plan, state: State, filled: Filled) -> None:
    """Plan who becomes an officer; whoever is one stays one, in the file or not."""
    held = {identity_of(row.person.staff_number): row for row in state.officers}
    there = _there(state)
    lines: dict[str, dict[str, int]] = {column: {} for column in there}
    for entry in filled.of(SHEET):
        keys = {column: identity_of(entry[column]) for column in there if entry[column]}
        known = held.get(keys.get(NUMBER, ""))
        if not state.has_own_bureau:
            plan.refuse(SHEET, entry.line, "name", str(BureauShared.title))
        elif known is not None and _is_same(known, entry) and there[EMAIL].get(keys[EMAIL]) == known.person_id:
            plan.same[SHEET] += 1
        elif fault := _fault(keys, there, lines):
            plan.refuse(SHEET, entry.line, *fault)
        else:
            plan.officers.append(_officer(entry, state))
            plan.add(SHEET, entry.line, Sort.NEW, f"{entry['name']} · {mail_address_shown(entry['email'])}")
        for column, key in keys.items():
            lines[column][key] = entry.line
    for row in state.officers if lines[EMAIL] else ():
        if lines[EMAIL].keys().isdisjoint(identity_of(one.address) for one in row.person.channels.all()):
            plan.add(SHEET, 0, Sort.STAYS, row.person.name)


def _there(state: State) -> dict[str, dict[str, UUID]]:
    """Return by column whom a staff number or an address belongs to at the bureau, officer or not."""
    people = state.people_of_bureau
    return {
        NUMBER: {identity_of(person.staff_number): person.id for person in people},
        EMAIL: {identity_of(one.address): person.id for person in people for one in person.channels.all()},
    }


def _fault(
    keys: Mapping[str, str], there: Mapping[str, Mapping[str, UUID]], lines: Mapping[str, Mapping[str, int]]
) -> tuple[str, str] | None:
    """Return the column of a line that says what somebody has already, and why it is refused; None for a good one."""
    for column, key in keys.items():
        if key in there[column]:
            return column, str(OfficerKnown.title)
        if key in lines[column]:
            return column, _("This stands in line %(line)d already.") % {"line": lines[column][key]}
    return None


def _is_same(held: Appointment, entry: Entry) -> bool:
    return held.person.name == entry["name"] and held.is_deputy == (entry["deputy"] == "yes")


def _officer(entry: Entry, state: State) -> Officer:
    language = entry["language"] or state.school.usual_language
    return Officer(entry["name"], entry["staff_number"], entry["email"], language, entry["deputy"] == "yes")
